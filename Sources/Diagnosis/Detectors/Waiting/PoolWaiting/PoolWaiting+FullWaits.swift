// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Which waits were for a connection, and which for something else: known at the end, when the pool's maximum is.
extension PoolWaiting {
    /// How many connections of the trace's leases fill the pool; `nil`: not known, or there is no maximum.
    static func fullFrom(_ pool: PoolState) -> UInt64? {
        guard let limit = pool.audit?.maximumOpen, limit > 0 else { return nil }
        let most = limit - min(limit, pool.leasedBeforeTrace ?? 0)
        return most <= UInt64(ContentionLedger.levelLimit) ? most : nil
    }

    /// - Parameter open: the waits that had not ended.
    /// - Parameter all: both, by level.
    static func addFullWaits(
        to summary: inout PoolSummary, ended: [LoggedWait], open: [LoggedWait], _ all: WaitLevels, _ fullFrom: UInt64?
    ) {
        var full = FullWaits()
        var longest: UInt64 = 0
        for (level, waits) in all.levels.enumerated() {
            guard let fullFrom, level >= fullFrom else {
                summary.slowWaitsWithRoom &+= waits.slow - waits.slowFirstUses
                continue
            }
            full.count &+= waits.count
            full.slow &+= waits.slow
            if let worst = waits.longest, worst.length > longest {
                longest = worst.length
                full.longestEvent = worst.event.reference
            }
            full.first = earlier(full.first, waits.first)
            full.last = later(full.last, waits.last)
        }
        full.longest = .nanoseconds(clamping: longest)
        let ended = ended.filter { $0.occupied >= fullFrom ?? .max }
        let waiting = open.filter { $0.occupied >= fullFrom ?? .max }
        full.stillWaiting = UInt64(waiting.count)
        full.peakQueue = WaitLog.peakOverlap(of: ended + waiting)
        var meter = RateMeter()
        for end in ended.map(\.end).sorted() { meter.mark(end) }
        // All of them: then the count is exact, also of those that were not kept.
        let isAll = full.count == summary.countedWaits
        full.peakPerSecond = isAll ? max(meter.peak, summary.peakWaitsPerSecond) : meter.peak
        if isAll { full.peakQueue = max(full.peakQueue, summary.peakQueue) }
        summary.fullWaits = fullFrom != nil || summary.audit?.maximumOpen == 0 ? full : nil
    }

    private static func earlier(_ known: EventReference?, _ mark: EventMark?) -> EventReference? {
        guard let mark else { return known }
        if let known, known.timestamp.nanoseconds <= mark.timestamp { return known }
        return mark.reference
    }

    private static func later(_ known: EventReference?, _ mark: EventMark?) -> EventReference? {
        guard let mark else { return known }
        if let known, known.timestamp.nanoseconds >= mark.timestamp { return known }
        return mark.reference
    }
}
