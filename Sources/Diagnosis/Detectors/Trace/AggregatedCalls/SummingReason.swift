// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// Why calls were summed up instead of being recorded one by one.
public struct SummingReason: Sendable {
    /// Of the target, when it was decided; 0: sums were asked for.
    public var callsPerSecond: UInt64
    public var callLimit: UInt64
    /// What the programs of receives and sends took, of the target's CPU time; `nil`: not measured.
    public var costShare: Double?
    /// `nil`: not known.
    public var costLimit: Double?
    /// More calls than allowed.
    public var isForCalls: Bool
    /// They cost more than allowed.
    public var isForCost: Bool

    public init(_ record: ps_detail_change) {
        callsPerSecond = record.calls_per_second
        callLimit = record.limit_per_second
        costShare = record.target_cpu_ns > 0 ? min(Double(record.cost_ns) / Double(record.target_cpu_ns), 1) : nil
        costLimit = record.cost_limit_permille > 0 ? Double(record.cost_limit_permille) / 1000 : nil
        isForCost = record.causes & UInt32(PS_DETAIL_FOR_COST) != 0 && costShare != nil && costLimit != nil
        // Traces from before there was a cost do not say for what: there was nothing else.
        isForCalls = record.causes & UInt32(PS_DETAIL_FOR_CALLS) != 0 || (callsPerSecond > 0 && !isForCost)
    }
}
