// SPDX-License-Identifier: Apache-2.0
public import KernelProbes
public import PoolAdapters
import TargetInspection
public import TraceModel

/// What a recording arms.
extension Recorder {
    static func sessionOptions(
        _ target: InspectedTarget, _ planner: PointPlanner?, _ calls: CallPlanner?, _ options: RecorderOptions
    ) -> KernelSessionOptions {
        var session = KernelSessionOptions(
            processID: target.process.processID, executablePath: target.process.executableFile)
        session.go = target.goConfig
        session.points = planner?.probePoints ?? []
        session.callPoints = calls?.probePoints ?? []
        session.forcedMechanism = options.mechanism
        session.btfPath = options.btfPath
        session.ringBytes = options.ringBytes
        if let maximum = options.maximumReturns { session.maximumReturns = maximum }
        return session
    }

    static func plan(
        _ target: InspectedTarget, _ planner: PointPlanner?, _ calls: CallPlanner?, _ session: KernelSession,
        _ options: RecorderOptions
    ) -> ProbePlan {
        var plan = plan(
            target, planner, calls, kernelProbes: session.kernelProbes, pointMechanism: session.pointMechanism,
            adapters: options.adapters)
        if !options.recordsPools { plan.blindSpots.append("Pools are not recorded: --no-pools.") }
        plan.armedAt = MonotonicInstant(nanoseconds: MonotonicClock.now)
        return plan
    }

    private static func plan(
        _ target: InspectedTarget, _ planner: PointPlanner?, _ calls: CallPlanner?,
        kernelProbes: [PlannedKernelProbe], pointMechanism: String?, adapters: [any PoolAdapter]
    ) -> ProbePlan {
        var runtimeCalls = calls?.calls ?? []
        for index in runtimeCalls.indices where runtimeCalls[index].note == nil {
            for point in runtimeCalls[index].points.indices {
                runtimeCalls[index].points[point].mechanism = pointMechanism
            }
        }
        var points = planner?.points ?? []
        for index in points.indices where points[index].note == nil { points[index].mechanism = pointMechanism }
        return ProbePlan(
            kernelProbes: kernelProbes, pools: planner?.pools ?? [], points: points,
            libraries: AdapterRegistry.libraries(of: adapters),
            offsets: (planner?.offsets ?? target.fields?.planned ?? []) + (calls?.offsets ?? []),
            runtimeCalls: runtimeCalls,
            blindSpots: target.blindSpots + (planner?.blindSpots ?? []))
    }

    /// What a recording would arm, and what it could not see. Arms nothing.
    public static func preview(
        target: InspectedTarget, mechanism: AttachMechanism?, btfPath: String?,
        adapters: [any PoolAdapter] = AdapterRegistry.all, requestedPools: Set<String> = [],
        requestedCalls: Set<String> = []
    ) -> ProbePlan {
        plan(
            target, PointPlanner(target: target, adapters: adapters, requested: requestedPools),
            CallPlanner(target: target, options: requestedCalls),
            kernelProbes: KernelSession.preview(forcedMechanism: mechanism, btfPath: btfPath), pointMechanism: nil,
            adapters: adapters)
    }
}
