// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import TraceModel

/// The clocks of a trace.
enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC, as in every record.
    static var now: UInt64 { read(CLOCK_MONOTONIC) }

    /// The monotonic, wall and boot clocks at one moment. The wall clock stands between two readings of the monotonic one,
    /// whose middle is taken.
    static func pair() -> TraceRecord {
        let before = now
        let wall = read(CLOCK_REALTIME)
        let after = now
        var record = ps_clock_pair()
        record.header.timestamp_ns = before &+ (after &- before) / 2
        record.header.kind = RecordKind.clockPair.rawValue
        record.wall_ns = wall
        record.boot_ns = read(CLOCK_BOOTTIME)
        return .clockPair(record)
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
