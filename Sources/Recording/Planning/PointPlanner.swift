// SPDX-License-Identifier: Apache-2.0
import KernelProbes
import CTraceRecords
import PoolAdapters
import TargetInspection
import TraceModel

/// Finds the pools of a target and the instructions to arm. Nothing is armed here: `plan` prints this, `record` uses it.
struct PointPlanner {
    private(set) var pools: [PlannedPool] = []
    private(set) var points: [PlanPoint] = []
    private(set) var probePoints: [PoolProbePoint] = []
    /// Adapter by adapter id.
    private(set) var adapters: [any PoolAdapter] = []
    /// The first hop from a connection to its socket, by adapter ID; `nil`: there is none.
    private(set) var firstHops: [PointerHop?] = []
    /// What reads the pool's own counters, by adapter ID; `nil`: nothing.
    private(set) var counterReaders: [(any PoolCounterReader)?] = []
    /// Every field that is read in the target.
    var offsets: [PlannedOffset] { fields.planned }

    /// Pools that are in the program and not armed.
    private(set) var blindSpots: [String] = []

    private let target: InspectedTarget
    private let symbols: GoSymbolTable
    private let placement: ProbePlacement
    private var fields: GoFieldResolver
    /// Functions of which some calls have no address to arm.
    private let inlined: Set<String>

    /// Nanoseconds that one hit costs the target, by placement; measured, see docs/overhead.md.
    static let expectedCost: [ProbeSite.Placement: UInt64] = [.push: 800, .jbe: 800, .entry: 9300, .ret: 9300]

    /// `nil`: the target has no symbol table to look in.
    ///
    /// - Parameter adapters: the pool libraries to look for.
    /// - Parameter requested: the names of adapters to arm although they are so only on request.
    init?(target: InspectedTarget, adapters candidates: [any PoolAdapter], requested: Set<String>) {
        guard let symbols = target.symbols, target.runtime != nil, let fields = target.fields else { return nil }
        self.target = target
        self.fields = fields
        self.symbols = symbols
        placement = ProbePlacement(image: target.process.image)
        let names = Set(candidates.flatMap { $0.points.map(\.function) })
        let found = symbols.occurrences(of: names.sorted())
        // A release that is not seen would be a leak. A profile may have a compiler inline what it else would not.
        let counted = candidates.flatMap(\.points).filter {
            $0.role == .release || $0.role == .acquire_begin && !$0.isOptional
        }
        inlined = symbols.inlined(among: Set(counted.map(\.function)).filter { found[$0] != nil }.sorted())
        var onRequest: [String] = []
        for adapter in candidates {
            let copies = Self.copies(of: adapter, in: found)
            if copies.isEmpty { continue }
            if adapter.isOnRequest, !requested.contains(adapter.name) {
                onRequest.append(adapter.name)
            } else if !adapter.knows(version: version(of: adapter)) {
                let version = version(of: adapter).map { "its version \($0)" } ?? "an unknown version of it"
                blindSpots.append(
                    "The leases of \(adapter.name) are not recorded: \(version) may call its pool otherwise.")
            } else {
                for prefix in copies { plan(adapter, copy: prefix, found) }
            }
        }
        if !onRequest.isEmpty {
            blindSpots.append(
                "On request only are recorded, by --enable-pool NAME: \(onRequest.joined(separator: ", ")).")
        }
    }

    /// What stands before the packages of each copy of a library in the program: nothing, or `x/vendor/` of one that
    /// package `x` brought along. Each has its own types and its own functions.
    private static func copies(
        of adapter: any PoolAdapter, in found: [String: GoFunctionOccurrence]
    ) -> [String] {
        // A function that ends leases of the library among many other things is in every program.
        let functions = adapter.points.filter { !$0.isOptional && !$0.isSharedRelease }
            .flatMap { found[$0.function]?.functions ?? [] }
        let copies = Set(functions.map(\.vendorPrefix)).sorted()
        return copies.isEmpty && adapter.isDefinedByUser ? [""] : copies
    }

    private func version(of adapter: any PoolAdapter) -> String? {
        adapter.module.flatMap { target.buildInfo?.modules[$0] }
    }

    private mutating func firstHop(_ adapter: any PoolAdapter) -> PointerHop? {
        if case .structure(let name, let package) = adapter.chain {
            let structure = GoStructureName(package: package, name: String(name.split(separator: ".").last ?? ""))
            return target.firstHop(from: structure, in: &fields)
        }
        guard let hop = hop(adapter) else { return nil }
        // Without the program's type descriptors no chain goes on from an interface.
        if target.types == nil, !hop.endsInDescriptor { return nil }
        InspectedTarget.remark(on: hop, &fields)
        return hop
    }

    private mutating func hop(_ adapter: any PoolAdapter) -> PointerHop? {
        switch adapter.chain {
        case .hop(let hop):
            let place = hop.place(after: 0)
            fields.note(
                "connection of \(adapter.name)", at: Int64(place.offset), bytes: place.size, origin: .poolsFile)
            return hop
        case .field(let field, let skipping, let known):
            let place = fields.place(of: field, table: known.place(after: skipping), loss: InspectedTarget.chainLoss)
            return place.flatMap { known.ending(at: $0, after: skipping) }
        case .interfaceField(let field):
            let end = PointerHop(dereferenceOffsets: [], terminal: .interface(offset: 0))
            let place = fields.place(of: field, bytes: 16, loss: InspectedTarget.chainLoss)
            return place.flatMap { end.ending(at: $0, after: 0) }
        case .none, .structure: return nil
        }
    }

    private static let keyLoss = "the leases of the pool"

    /// With the offsets that this program has; `nil`: it has another field there, by which leases cannot be told apart.
    private mutating func located(_ points: [AdapterPoint], of adapter: any PoolAdapter) -> [AdapterPoint]? {
        var key: [UInt32]?
        var shared: UInt32?
        for field in adapter.firstFields {
            guard fields.confirms([field], at: 0, versions: "every known version", loss: Self.keyLoss) else {
                return nil
            }
        }
        let steps = adapter.keySteps
        if !steps.isEmpty, let known = points.lazy.map(\.connectionPath).first(where: { $0.count == steps.count }) {
            key = []
            for (step, known) in zip(steps, known) {
                guard let offset = offset(of: step, known: known) else { return nil }
                key?.append(offset)
            }
        }
        if let field = adapter.sharedField, let known = points.lazy.compactMap(\.sharedOffset).first {
            // The first word of an interface, or a pointer.
            shared = offset(field, bytes: nil, known: known)
            if shared == nil { return nil }
        }
        return points.map { $0.located(key: key, shared: shared) }
    }

    /// Of the pointer; `nil`: not known, or not the same in every type that may be there.
    private mutating func offset(of step: KeyStep, known: UInt32) -> UInt32? {
        let dataWord: UInt32 = step.isInterface ? 8 : 0
        let offsets = step.fields.map { offset($0, bytes: step.isInterface ? 16 : 8, known: known &- dataWord) }
        guard let first = offsets.first ?? nil, offsets.allSatisfy({ $0 == first }) else { return nil }
        return first &+ dataWord
    }

    private mutating func offset(_ field: GoField, bytes: UInt32?, known: UInt32) -> UInt32? {
        let table = GoFieldPlace(offset: known, size: bytes ?? 8, origin: .table("every known version"))
        let place = fields.place(of: field, bytes: bytes, table: table, loss: Self.keyLoss)
        return place?.dereferences.isEmpty == true ? place?.offset : nil
    }

    private mutating func plan(
        _ adapter: any PoolAdapter, copy prefix: String, _ found: [String: GoFunctionOccurrence]
    ) {
        let adapterID = UInt32(adapters.count)
        var missing: [String] = []
        fields.adapterID = adapterID
        fields.vendorPrefix = prefix
        firstHops.append(firstHop(adapter))
        if firstHops[Int(adapterID)] == nil, adapter.chain.exists {
            missing.append("the way from its connections to their sockets could not be read from the program's types")
        }
        counterReaders.append(adapter.counters(&fields, goVersion: target.buildInfo?.goVersion))
        let armed = (points.count, probePoints.count)
        var missesReleases = false
        let located = located(adapter.points, of: adapter)
        if located == nil {
            missing.append(
                "nothing of this pool is armed: what tells its leases apart is another field in this program")
        }
        for point in located ?? []
        where point.unless.flatMap({ found[$0]?.functions })?.isEmpty ?? true {
            let ends = point.role == .release && !point.isOptional
            let copy = point.isSharedRelease ? "" : prefix
            let functions = found[point.function]?.functions.filter { $0.vendorPrefix == copy } ?? []
            if functions.isEmpty, !point.isOptional, point.role != .acquire_end {
                missing.append(reason(found[point.function], for: point.function, of: adapter))
                // What a library's program does not have it cannot call. A user may have misspelt it.
                missesReleases = missesReleases || ends && (found[point.function] != nil || adapter.isDefinedByUser)
            }
            if !functions.isEmpty, inlined.contains(point.function) {
                missing.append("\(point.function) was inlined at some calls: those are not seen")
                missesReleases = missesReleases || ends
            }
            for function in functions {
                do {
                    try arm(point, of: adapter, adapterID, in: function)
                } catch {
                    missing.append("\(error)")
                    missesReleases = missesReleases || ends
                }
            }
        }
        if missesReleases {
            missing.append("nothing of this pool is armed: a release that is not seen would be taken for a leak")
            points.removeSubrange(armed.0...)
            probePoints.removeSubrange(armed.1...)
        }
        adapters.append(adapter)
        let ofGo = adapter.isDefinedByUser ? nil : target.buildInfo?.version
        let version = adapter.module == nil ? ofGo : version(of: adapter)
        let place = prefix.isEmpty ? "" : " in \(prefix.dropLast())"
        pools.append(
            PlannedPool(
                adapterID: adapterID, adapter: adapter.name + place, version: version, isComplete: missing.isEmpty,
                keepsConnections: adapter.keepsConnections ? nil : false, traits: adapter.traits,
                note: missing.isEmpty ? nil : missing.joined(separator: "; ")))
    }

    private func reason(
        _ occurrence: GoFunctionOccurrence?, for function: String, of adapter: any PoolAdapter
    ) -> String {
        if let occurrence {
            return occurrence.functions.isEmpty
                ? "\(function) was inlined at every call: it has no address to arm"
                : "\(function) is not in this copy of the library"
        }
        let reason = "\(function) is not linked in: the program does not use it"
        guard adapter.isDefinedByUser else { return reason }
        let similar = symbols.functions(similarTo: function)
        return similar.isEmpty ? reason : "\(reason), but it has \(similar.joined(separator: ", "))"
    }

    private mutating func arm(
        _ point: AdapterPoint, of adapter: any PoolAdapter, _ adapterID: UInt32, in function: GoFunction
    ) throws(InspectionError) {
        let sites =
            switch point.place {
            case .entry: [try placement.entrySite(of: function)]
            case .returns: try placement.returnSites(of: function)
            }
        let chain = firstHops[Int(adapterID)].flatMap { ps_pointer_hop($0) } ?? ps_pointer_hop()
        for site in sites {
            let id = UInt32(points.count)
            let address = target.process.address(ofLinkAddress: site.address)
            var planned = PlanPoint(
                id: id, adapterID: adapterID, role: point.roleName, function: function.name, address: address,
                fileOffset: site.fileOffset, instruction: site.instruction, placement: site.placement.rawValue,
                expectedCostNanoseconds: Self.expectedCost[site.placement] ?? 0)
            let check = placement.verify(site, in: target.process.memory, bias: target.process.loadBias)
            if check.allowsProbe {
                let flags = site.placement == .jbe ? PS_POINT_SKIP_STACK_GROWTH : 0
                probePoints.append(
                    PoolProbePoint(
                        address: address, fileOffset: site.fileOffset,
                        point: point.probePoint(id: id, adapterID: adapterID, chain: chain, flags: flags)))
            } else {
                planned.note = "refused: the running process has other instruction bytes here (\(check))"
            }
            points.append(planned)
        }
    }
}
