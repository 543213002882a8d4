// SPDX-License-Identifier: Apache-2.0

/// What a trace says about itself besides its records. Each value is one JSON block of the file; a block of the same
/// kind that comes later replaces the earlier one, except symbols, which add up.
public enum TraceMetadata: Sendable, Equatable {
    case process(ProcessFacts)
    case plan(ProbePlan)
    case symbols([StackSymbol])
    case end(TraceEnd)
}
