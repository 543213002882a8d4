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

    /// All of it, in the order in which an analysis wants it: the end is there before the records.
    public var metadata: [TraceMetadata] {
        var metadata: [TraceMetadata] = []
        if let process { metadata.append(.process(process)) }
        if let plan { metadata.append(.plan(plan)) }
        metadata.append(.symbols(symbols))
        if let end { metadata.append(.end(end)) }
        return metadata
    }

    public mutating func add(_ metadata: TraceMetadata) {
        switch metadata {
        case .process(let facts): process = facts
        case .plan(let plan): self.plan = plan
        case .symbols(let more): symbols += more
        case .end(let end): self.end = end
        }
    }
}
