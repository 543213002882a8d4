// SPDX-License-Identifier: Apache-2.0

/// What was armed, what was refused, and why. `poolscope plan` prints it; the trace carries it as its coverage.
public struct ProbePlan: Codable, Sendable, Equatable {
    /// Every one that poolscope has, armed or not.
    public var kernelProbes: [PlannedKernelProbe]
    /// Those that were found in the target. The index of each is its `adapterID`.
    public var pools: [PlannedPool]
    /// The probes in functions of `pools`, armed or refused.
    public var points: [PlanPoint]
    /// Go modules of pools, drivers and mappers: their frames in a stack say nothing about who leaks. Of all libraries that
    /// the recorder knew, in the program or not; `nil`: the trace is from before they were told.
    public var libraries: [String]?
    /// Fields that are read in the target; `nil`: the trace is from before they were told.
    public var offsets: [PlannedOffset]?
    /// Functions of the runtime's own library; `nil`: the trace is from before they were recorded.
    public var runtimeCalls: [PlannedRuntimeCall]?
    /// What cannot be seen in this run, one sentence each, with the reason.
    public var blindSpots: [String]
    /// When the last probe was armed. What happened before it is known from the census only.
    public var armedAt: MonotonicInstant?

    /// Without arguments: nothing is armed, and nothing was looked for.
    public init(
        kernelProbes: [PlannedKernelProbe] = [], pools: [PlannedPool] = [], points: [PlanPoint] = [],
        libraries: [String]? = nil, offsets: [PlannedOffset]? = nil, runtimeCalls: [PlannedRuntimeCall]? = nil,
        blindSpots: [String] = [],
        armedAt: MonotonicInstant? = nil
    ) {
        self.kernelProbes = kernelProbes
        self.pools = pools
        self.points = points
        self.libraries = libraries
        self.offsets = offsets
        self.runtimeCalls = runtimeCalls
        self.blindSpots = blindSpots
        self.armedAt = armedAt
    }
}
