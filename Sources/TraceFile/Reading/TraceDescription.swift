// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a trace says about itself: its metadata blocks put together.
public struct TraceDescription: Sendable, Equatable {
    /// The last of each kind; `nil`: the trace has none, or it is damaged.
    public var process: ProcessFacts?
    public var plan: ProbePlan?
    /// All of them, in file order.
    public var symbols: [StackSymbol] = []
    /// `nil`: the recording was cut off.
    public var end: TraceEnd?

    public init() {}

    public mutating func add(_ metadata: TraceMetadata) {
        switch metadata {
        case .process(let facts): process = facts
        case .plan(let plan): self.plan = plan
        case .symbols(let more): symbols += more
        case .end(let end): self.end = end
        }
    }
}
