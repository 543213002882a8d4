// SPDX-License-Identifier: Apache-2.0
public import KernelProbes
import CTraceRecords
import PoolAdapters
import TargetInspection
public import TraceModel

/// Finds the pools of a target and the instructions to arm. Nothing is armed here: `plan` prints this, `record` uses it.
public struct PointPlanner {
    public private(set) var pools: [PlannedPool] = []
    public private(set) var points: [PlanPoint] = []
    public private(set) var probePoints: [PoolProbePoint] = []
    /// Adapter by adapter id.
    private(set) var adapters: [any PoolAdapter] = []
    /// The first hop of the walk from a connection to its socket, by adapter ID; `nil`: there is none.
    private(set) var walks: [WalkHop?] = []

    /// Pools that are in the program and not armed.
    private(set) var blindSpots: [String] = []

    private let target: InspectedTarget
    private let symbols: GoSymbolTable
    private let placement: ProbePlacement

    /// Nanoseconds that one hit costs the target, by placement; measured, see docs/overhead.md.
    static let expectedCost: [ProbeSite.Placement: UInt64] = [.push: 800, .jbe: 800, .entry: 9300, .ret: 9300]

    /// `nil`: the target has no symbol table to look in.
    ///
    /// - Parameter requested: the names of adapters to arm although they are so only on request.
    public init?(target: InspectedTarget, requested: Set<String>) {
        guard let symbols = target.symbols, target.runtime != nil else { return nil }
        self.target = target
        self.symbols = symbols
        placement = ProbePlacement(image: target.process.image)
        let names = Set(AdapterRegistry.all.flatMap { $0.points.map(\.function) })
        let functions = symbols.functions(named: names.sorted())
        for adapter in AdapterRegistry.all where Self.isPresent(adapter, in: functions) {
            if adapter.isOnRequest && !requested.contains(adapter.name) {
                blindSpots.append("The leases of \(adapter.name) are recorded on request only: --pool \(adapter.name).")
            } else {
                plan(adapter, functions)
            }
        }
    }

    private static func isPresent(_ adapter: any PoolAdapter, in functions: [String: [GoFunction]]) -> Bool {
        adapter.points.contains { !$0.isOptional && functions[$0.function]?.isEmpty == false }
    }

    private mutating func plan(_ adapter: any PoolAdapter, _ functions: [String: [GoFunction]]) {
        let adapterID = UInt32(adapters.count)
        var missing: [String] = []
        walks.append(target.firstHop(adapter.walk))
        if walks[Int(adapterID)] == nil {
            missing.append("the way from its connections to their sockets could not be read from the program's types")
        }
        for point in adapter.points {
            let copies = functions[point.function] ?? []
            if copies.isEmpty, !point.isOptional {
                missing.append("\(point.function) is not in the binary (inlined or unused)")
            }
            for function in copies {
                do {
                    try arm(point, of: adapter, adapterID, in: function)
                } catch {
                    missing.append("\(error)")
                }
            }
        }
        adapters.append(adapter)
        let version = adapter.module.flatMap { target.buildInfo?.modules[$0] } ?? target.buildInfo?.version
        pools.append(
            PlannedPool(
                adapterID: adapterID, adapter: adapter.name, version: version, isComplete: missing.isEmpty,
                note: missing.isEmpty ? nil : missing.joined(separator: "; ")))
    }

    private mutating func arm(
        _ point: AdapterPoint, of adapter: any PoolAdapter, _ adapterID: UInt32, in function: GoFunction
    ) throws(InspectionError) {
        let sites =
            switch point.place {
            case .entry: [try placement.entrySite(of: function)]
            case .returns: try placement.returnSites(of: function)
            }
        let walk = walks[Int(adapterID)].flatMap { ps_walk_hop($0) } ?? ps_walk_hop()
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
                        point: point.probePoint(id: id, walk: walk, flags: flags)))
            } else {
                planned.note = "refused: the running process has other instruction bytes here (\(check))"
            }
            points.append(planned)
        }
    }
}
