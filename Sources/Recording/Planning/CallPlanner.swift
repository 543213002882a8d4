// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import PoolAdapters
import TargetInspection
import TraceModel

/// Finds the functions of Go's own library that are recorded, and the instructions to arm. Nothing is armed here.
struct CallPlanner {
    private(set) var calls: [PlannedRuntimeCall] = []
    private(set) var probePoints: [CallProbePoint] = []
    /// The first hop from the object of a call to its socket, by record.
    private(set) var firstHops: [RecordKind: PointerHop] = [:]
    /// The fields that are read for them.
    var offsets: [PlannedOffset] { Array(fields.planned.dropFirst(knownBefore)) }

    private let target: InspectedTarget
    private let placement: ProbePlacement
    private var fields: GoFieldResolver
    private let knownBefore: Int

    /// `nil`: the target has no symbol table to look in.
    ///
    /// - Parameter options: those that arm calls which are recorded on request only.
    init?(target: InspectedTarget, options: Set<String>) {
        guard let symbols = target.symbols, target.runtime != nil, let fields = target.fields else { return nil }
        self.target = target
        self.fields = fields
        knownBefore = fields.planned.count
        placement = ProbePlacement(image: target.process.image)
        let functions = symbols.functions(named: RuntimeCallRegistry.all.map(\.function).sorted())
        // A program that never connects has none of them: there is nothing to be said.
        for call in RuntimeCallRegistry.all {
            guard let copies = functions[call.function], !copies.isEmpty else { continue }
            if let option = call.option, !options.contains(option) {
                calls.append(
                    PlannedRuntimeCall(
                        name: call.name, record: call.record.name, note: "recorded on request only: \(option)"))
            } else {
                plan(call, copies)
            }
        }
    }

    private mutating func plan(_ call: any RuntimeCall, _ functions: [GoFunction]) {
        var planned = PlannedRuntimeCall(name: call.name, record: call.record.name)
        if let object = call.object { firstHops[call.record] = target.firstHop(from: object, in: &fields) }
        if let field = call.descriptorField {
            let known = GoFieldPlace(offset: field.known, size: 8, origin: .table("every known version"))
            let place = fields.place(of: field.field, bytes: 8, table: known, loss: "\(call.name)")
            if let place, place.dereferences.isEmpty {
                firstHops[call.record] = PointerHop(dereferenceOffsets: [], terminal: .descriptor(offset: place.offset))
            } else {
                planned.note = "where \(field.field) lies could not be established"
            }
        }
        var sites: [(site: ProbeSite, function: GoFunction, role: ps_call_role)] = []
        do {
            for function in functions {
                sites.append((try placement.entrySite(of: function), function, call.entryRole))
                guard let role = call.returnRole else { continue }
                for site in try placement.returnSites(of: function) { sites.append((site, function, role)) }
            }
        } catch {
            planned.note = planned.note ?? "\(error)"
        }
        planned.points = sites.map { plan($0.site, $0.function, isEntry: $0.role == call.entryRole) }
        // Half of them would pair wrongly: all or none.
        if planned.note == nil { planned.note = planned.points.lazy.compactMap(\.note).first }
        if planned.note == nil {
            for item in sites { arm(item.site, role: item.role, chain: firstHops[call.record]) }
        }
        calls.append(planned)
    }

    private func plan(_ site: ProbeSite, _ function: GoFunction, isEntry: Bool) -> PlanPoint {
        let check = placement.verify(site, in: target.process.memory, bias: target.process.loadBias)
        return PlanPoint(
            id: 0, adapterID: .max, role: isEntry ? "call" : "return", function: function.name,
            address: target.process.address(ofLinkAddress: site.address), fileOffset: site.fileOffset,
            instruction: site.instruction, placement: site.placement.rawValue,
            expectedCostNanoseconds: PointPlanner.expectedCost[site.placement] ?? 0,
            note: check.allowsProbe
                ? nil : "refused: the running process has other instruction bytes here (\(check))")
    }

    private mutating func arm(_ site: ProbeSite, role: ps_call_role, chain: PointerHop?) {
        var point = ps_call_point()
        point.role = role
        point.flags = site.placement == .jbe ? PS_POINT_SKIP_STACK_GROWTH : 0
        point.chain = chain.flatMap { ps_pointer_hop($0) } ?? ps_pointer_hop()
        probePoints.append(
            CallProbePoint(
                address: target.process.address(ofLinkAddress: site.address), fileOffset: site.fileOffset,
                point: point))
    }
}
