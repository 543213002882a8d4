// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// What the kernel side says of itself: how many records it set out to emit, and how many are missing and why. All numbers
/// are from the start on.
public struct KernelAccount {
    /// By record kind, then by CPU. A kind without an attempt and without a loss is left out.
    public var counters: [UInt16: [ps_counters]]
    /// How often the kernel did not run a program, and no fallback program did its work, by the kind of the records that are
    /// missing for it.
    public var skips: [UInt16: UInt64]
    /// Records that programs began, did not count as lost, and that have not come: while programs run, some are under way.
    public var undelivered: [UInt16: UInt64]

    /// What is not given counts as never having happened.
    public init(
        counters: [UInt16: [ps_counters]] = [:], skips: [UInt16: UInt64] = [:], undelivered: [UInt16: UInt64] = [:]
    ) {
        self.counters = counters
        self.skips = skips
        self.undelivered = undelivered
    }
}

extension ps_counters {
    /// Attempts without a record, of which the program that made them knew.
    public var lost: UInt64 { ring_full &+ map_full &+ return_missed }

    /// The sums over all CPUs.
    public static func sum(_ byCPU: [ps_counters]) -> ps_counters {
        byCPU.reduce(into: ps_counters()) { sum, value in
            sum.attempted &+= value.attempted
            sum.ring_full &+= value.ring_full
            sum.map_full &+= value.map_full
            sum.stack_missing &+= value.stack_missing
            sum.return_missed &+= value.return_missed
            sum.done_by_fallback &+= value.done_by_fallback
            sum.timed_calls &+= value.timed_calls
            sum.recorded_cost_ns &+= value.recorded_cost_ns
            sum.summed_cost_ns &+= value.summed_cost_ns
        }
    }
}
