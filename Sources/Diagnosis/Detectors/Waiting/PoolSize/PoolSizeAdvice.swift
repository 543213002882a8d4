// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many connections a pool's work needs: by Little's law, and by replaying it with pools of other sizes.
enum PoolSizeAdvice {
    private static let headroom = 1.5
    /// Fewer leases make no mean.
    private static let leastLeases: UInt64 = 100
    private static let largest: UInt64 = 1024

    static func of(_ pool: PoolSummary, in analysis: TraceAnalysis) -> Advice? {
        let lost = analysis.lost(
            [.poolAcquireBegin, .poolAcquireEnd, .poolRelease, .poolConnectionClose],
            since: analysis.startedAt)
        guard pool.holds.count >= leastLeases, lost == 0 else { return nil }
        let mean = Duration.nanoseconds(pool.holds.total.wholeNanoseconds / Int64(clamping: pool.holds.count))
        let need = Double(pool.peakAcquiresPerSecond) * Double(mean.wholeNanoseconds) / 1e9
        let size = max(1, UInt64(min(need * headroom, 1e6).rounded(.up)))
        let limit = pool.audit?.maximumOpen.flatMap { $0 == 0 ? nil : $0 }
        let curve = Self.curve(pool, around: [size, limit].compactMap { $0 })
        var text =
            "\(size) connections, and as many idle: \(pool.peakAcquiresPerSecond) acquires in the busiest second x "
            + "\(ReadableText.duration(mean)) mean hold x \(headroom). "
        text += limit.map { "The maximum is \($0) now." } ?? "The pool has no maximum, or poolscope does not know it."
        if !curve.isEmpty {
            let list = curve.map { "\($0.size): \(ReadableText.duration($0.waitP99))" }.joined(separator: ", ")
            text += " With the same work, p99 wait by size: \(list)."
            if pool.unrecordedLeases > 0, let last = pool.recordedLeases.last {
                let kept = UInt64(pool.recordedLeases.count)
                text +=
                    " These waits rest on the first \(ReadableText.count(kept, "lease")), until "
                    + "\(ReadableText.duration(max(.zero, last.asked - analysis.startedAt))) after the start, not on the "
                    + "\(pool.unrecordedLeases) after them."
            }
        }
        if let limit, let present = curve.first(where: { $0.size == limit }) {
            text += " With the present maximum the p99 wait is \(ReadableText.duration(present.waitP99))."
        }
        let births = PoolBirthCost(pool, in: analysis)
        text += births.text
        var measurements = [
            Measurement("size", .count(size)),
            Measurement("acquires_per_second_peak", .count(pool.peakAcquiresPerSecond)),
            Measurement("mean_hold", .duration(mean)),
        ]
        if let limit { measurements.append(Measurement("maximum_open", .count(limit))) }
        measurements += births.measurements
        return Advice(id: "pool-size", subject: Subject(pool), text: text, measurements: measurements, curve: curve)
    }

    private static func curve(_ pool: PoolSummary, around sizes: [UInt64]) -> [PoolSizePoint] {
        guard UInt64(pool.recordedLeases.count) >= leastLeases else { return [] }
        let wanted = Set(sizes.flatMap { [max(1, $0 / 2), $0, $0 * 2] }).filter { $0 <= largest }.sorted()
        let work = pool.recordedLeases.map { Work(asked: $0.asked.nanoseconds, hold: $0.hold.clampedNanoseconds) }
        return wanted.map { PoolSizePoint(size: $0, waitP99: waitP99(work, size: Int($0))) }
    }

    /// A lease in nanoseconds, which are asked for once and not for each size.
    private struct Work {
        var asked: UInt64
        var hold: UInt64
    }

    /// First come, first served, by `size` connections that are all there at the start.
    private static func waitP99(_ leases: [Work], size: Int) -> Duration {
        var free = [UInt64](repeating: 0, count: size)
        var waits: [UInt64] = []
        waits.reserveCapacity(leases.count)
        for lease in leases {
            let start = max(lease.asked, free[0])
            waits.append(start - lease.asked)
            free[0] = start &+ lease.hold
            siftDown(&free)
        }
        waits.sort()
        return .nanoseconds(Int64(clamping: waits[max(0, (waits.count * 99 + 99) / 100 - 1)]))
    }

    /// Restores the heap whose least element may have grown.
    private static func siftDown(_ heap: inout [UInt64]) {
        var index = 0
        while true {
            var least = 2 * index + 1
            if least >= heap.count { return }
            if least + 1 < heap.count, heap[least + 1] < heap[least] { least += 1 }
            if heap[index] <= heap[least] { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
