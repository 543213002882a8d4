// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import TraceModel

/// Turns the kernel side's counters into loss records, each for the window since the counters were read before: one for
/// each CPU that lost something, where that is known.
struct LossRecorder {
    private struct Loss {
        var kind: UInt16
        var reason: ps_loss_reason
        var count: UInt64
        /// `nil`: not known.
        var cpu: Int?
    }

    private var last = KernelAccount()
    private var lastMalformed: UInt64 = 0
    private var windowStart: UInt64
    private(set) var totalLost: UInt64 = 0

    init(now: UInt64) { windowStart = now }

    /// Of a kind, on all processors, as of the latest sample.
    func counters(of kind: RecordKind) -> ps_counters { ps_counters.sum(last.counters[kind.rawValue] ?? []) }

    /// - Parameter isFinal: no program runs any more, and the ring is empty: what has not come is lost.
    mutating func sample(
        _ account: KernelAccount, malformed: UInt64, now: UInt64, isFinal: Bool = false,
        into sink: (TraceRecord) -> Void
    ) {
        var losses = [Loss(kind: 0, reason: .malformed, count: malformed &- lastMalformed)]
        for (kind, counters) in account.counters.sorted(by: { $0.key < $1.key }) {
            let before = last.counters[kind] ?? []
            for (cpu, counter) in counters.enumerated() {
                let before = cpu < before.count ? before[cpu] : ps_counters()
                losses += [
                    Loss(kind: kind, reason: .ring_full, count: counter.ring_full &- before.ring_full, cpu: cpu),
                    Loss(kind: kind, reason: .map_full, count: counter.map_full &- before.map_full, cpu: cpu),
                    Loss(
                        kind: kind, reason: .return_missed, count: counter.return_missed &- before.return_missed,
                        cpu: cpu),
                    Loss(
                        kind: kind, reason: .stack_missing, count: counter.stack_missing &- before.stack_missing,
                        cpu: cpu),
                ]
            }
        }
        losses += Self.growth(account.skips, since: last.skips, reason: .program_skipped)
        if isFinal { losses += Self.growth(account.undelivered, since: [:], reason: .undelivered) }
        for loss in losses where loss.count > 0 { write(loss, from: windowStart, to: now, into: sink) }
        // What could not be read for once must not count again when it can.
        last = KernelAccount(
            counters: account.counters.merging(last.counters) { new, _ in new },
            skips: account.skips.merging(last.skips, uniquingKeysWith: max))
        lastMalformed = malformed
        windowStart = now
    }

    /// A census that could not be taken: its end, and the sockets that the one before it has listed.
    mutating func noteCensus(sockets: Int, since start: UInt64, now: UInt64, into sink: (TraceRecord) -> Void) {
        let listed = Loss(
            kind: RecordKind.censusSocket.rawValue, reason: .unreadable, count: max(1, UInt64(sockets)))
        let end = Loss(kind: RecordKind.censusEnd.rawValue, reason: .unreadable, count: 1)
        for loss in [listed, end] { write(loss, from: start, to: now, into: sink) }
    }

    private mutating func write(_ loss: Loss, from start: UInt64, to now: UInt64, into sink: (TraceRecord) -> Void) {
        var record = ps_loss()
        record.header.timestamp_ns = now
        record.header.kind = RecordKind.loss.rawValue
        record.window_start_ns = start
        record.count = loss.count
        record.lost_kind = loss.kind
        record.reason = loss.reason.rawValue
        record.cpu = UInt32(clamping: loss.cpu ?? 0)
        record.is_cpu_known = loss.cpu == nil ? 0 : 1
        sink(.loss(record))
        if loss.reason != .stack_missing { totalLost &+= loss.count }
    }

    /// A number that is missing or has become smaller is no growth.
    private static func growth(
        _ counts: [UInt16: UInt64], since before: [UInt16: UInt64], reason: ps_loss_reason
    ) -> [Loss] {
        counts.sorted { $0.key < $1.key }.map { kind, count in
            let known = before[kind] ?? 0
            return Loss(kind: kind, reason: reason, count: count - min(known, count))
        }
    }

    /// Attempts and losses by the schema name of their records, for the end of the trace.
    func totals() -> (attempted: [String: UInt64], lost: [String: UInt64]) {
        var attempted: [String: UInt64] = [:]
        var lost: [String: UInt64] = [:]
        for (kind, counters) in last.counters {
            let counter = ps_counters.sum(counters)
            let name = RecordKind(rawValue: kind)?.name ?? "kind \(kind)"
            attempted[name] = counter.attempted
            if counter.lost > 0 { lost[name] = counter.lost }
        }
        return (attempted, lost)
    }
}
