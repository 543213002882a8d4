// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Turns the kernel side's counters into loss records, each for the window since the counters were read before.
struct LossRecorder {
    private var last: [UInt16: ps_counters] = [:]
    private var lastSkips: [UInt16: UInt64] = [:]
    private var lastMalformed: UInt64 = 0
    private var windowStart: UInt64
    private(set) var totalLost: UInt64 = 0

    init(now: UInt64) { windowStart = now }

    mutating func sample(
        _ counters: [UInt16: ps_counters], skips: [UInt16: UInt64], malformed: UInt64, now: UInt64,
        into sink: (TraceRecord) -> Void
    ) {
        var losses: [(kind: UInt16, reason: ps_loss_reason, count: UInt64)] = [
            (0, .malformed, malformed &- lastMalformed)
        ]
        for (kind, counter) in counters.sorted(by: { $0.key < $1.key }) {
            let before = last[kind] ?? ps_counters()
            losses.append((kind, .ring_full, counter.ring_full &- before.ring_full))
            losses.append((kind, .map_full, counter.map_full &- before.map_full))
            losses.append((kind, .return_missed, counter.return_missed &- before.return_missed))
            losses.append((kind, .stack_missing, counter.stack_missing &- before.stack_missing))
        }
        for (kind, count) in skips.sorted(by: { $0.key < $1.key }) {
            losses.append((kind, .program_skipped, count &- (lastSkips[kind] ?? 0)))
        }
        for loss in losses where loss.count > 0 {
            var record = ps_loss()
            record.header.timestamp_ns = now
            record.header.kind = ps_record_kind.loss.rawValue
            record.window_start_ns = windowStart
            record.count = loss.count
            record.lost_kind = loss.kind
            record.reason = loss.reason.rawValue
            sink(.loss(record))
            if loss.reason != .stack_missing { totalLost &+= loss.count }
        }
        last = counters
        lastSkips = skips
        lastMalformed = malformed
        windowStart = now
    }

    /// Attempts and losses by the schema name of their records, for the end of the trace.
    func totals() -> (attempted: [String: UInt64], lost: [String: UInt64]) {
        var attempted: [String: UInt64] = [:]
        var lost: [String: UInt64] = [:]
        for (kind, counter) in last {
            let name = RecordName.of(kind)
            attempted[name] = counter.attempted
            let sum = counter.ring_full &+ counter.map_full &+ counter.return_missed
            if sum > 0 { lost[name] = sum }
        }
        return (attempted, lost)
    }
}
