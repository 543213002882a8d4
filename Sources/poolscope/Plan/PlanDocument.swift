// SPDX-License-Identifier: Apache-2.0
import Recording
import TraceModel

/// The plan for a program: docs/plan-and-doctor.md describes its JSON form.
struct PlanDocument: Encodable {
    struct Process: Encodable {
        let pid: Int32
        let name: String
        let executable: String
        let goVersion: String?
        let isStripped: Bool
        let isPositionIndependent: Bool
    }

    let schema = "poolscope.plan/1"
    let process: Process
    let kernelProbes: [PlannedKernelProbe]
    let pools: [PlannedPool]
    let points: [PlanPoint]
    let offsets: [PlannedOffset]
    let runtimeCalls: [PlannedRuntimeCall]
    let blindSpots: [String]

    init(_ plan: ProbePlan, target: InspectedTarget) {
        let process = target.process
        self.process = Process(
            pid: process.processID, name: process.name, executable: process.executablePath,
            goVersion: target.buildInfo?.version, isStripped: process.image.isStripped,
            isPositionIndependent: process.image.isPositionIndependent)
        kernelProbes = plan.kernelProbes
        pools = plan.pools
        points = plan.points
        offsets = plan.offsets ?? []
        runtimeCalls = plan.runtimeCalls ?? []
        blindSpots = plan.blindSpots
    }
}
