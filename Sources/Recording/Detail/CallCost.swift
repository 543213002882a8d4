// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc

/// What the programs of receives and sends have taken of the target's CPU time since the recording began.
///
/// By their own measure of one call in `PS_TIMED_CALLS` (`bpf/call_cost.bpf.h`): traps, trampolines and what a
/// tracepoint adds to other system calls are not in it.
struct CallCost: Equatable {
    /// Of calls that got a record.
    var recorded: UInt64 = 0
    /// Of calls that are in sums.
    var summed: UInt64 = 0
    /// The target's CPU time, all threads; 0: not known.
    var target: UInt64 = 0

    var total: UInt64 { recorded &+ summed }
}

extension CallCost {
    /// - Parameters:
    ///   - counters: Of receives and sends, on all processors.
    ///   - processID: Of the target.
    init(_ counters: ps_counters, of processID: Int32) {
        recorded = counters.recorded_cost_ns &* UInt64(PS_TIMED_CALLS)
        summed = counters.summed_cost_ns &* UInt64(PS_TIMED_CALLS)
        target = Self.processorTime(of: processID) ?? 0
    }

    /// The clock of a process is exact, of all its threads those that have ended too, and one call without a file. Anybody
    /// may read it (kernel/time/posix-cpu-timers.c, `pid_for_clock`).
    static func processorTime(of processID: Int32) -> UInt64? {
        var clock = clockid_t()
        var time = timespec()
        // -1 would be taken for the caller.
        guard processID > 0, clock_getcpuclockid(processID, &clock) == 0, clock_gettime(clock, &time) == 0,
            time.tv_sec >= 0
        else {
            return nil
        }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// What has come since `earlier`; a number that has become smaller has not grown.
    func growth(since earlier: CallCost) -> CallCost {
        CallCost(
            recorded: recorded - min(earlier.recorded, recorded), summed: summed - min(earlier.summed, summed),
            target: target - min(earlier.target, target))
    }
}
