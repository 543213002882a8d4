// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Double entry: what the trace has of a pool against what the pool has of itself.
struct PoolBooks {
    private var window = LevelWindow()
    /// The last reading, until the 20 ms after it have passed.
    private var reading: PoolReading?
    /// When they have; `.max`: no reading is open.
    private var openUntil: UInt64 = .max
    private var first: (at: UInt64, waitCount: UInt64, begunAfter: UInt64, begunBefore: UInt64)?
    private var last: PoolReading?
    private var result = PoolReconciliation()
    private var queued = QueuedAcquires()

    /// Acquires that began before the first reading are in its count, or may be.
    private func counts(begin: UInt64) -> Bool { first.map { begin > $0.at } ?? false }

    mutating func change(inUse: UInt64, waiters: UInt64, at now: UInt64) {
        let level = LevelRange(inUse: inUse, waiters: waiters)
        window.change(to: level, at: now)
        if openUntil == .max { return }
        close(at: now)
        reading?.range.include(level)
        reading?.isQuiet = false
    }

    mutating func noteBegin() {
        if openUntil != .max { reading?.begunAfter &+= 1 }
    }

    mutating func noteQueued(begin: UInt64, freeAt: UInt64) {
        if counts(begin: begin) { queued.note(begin: begin, freeAt: freeAt) }
    }

    /// An acquire of which it is not known whether it queued.
    mutating func notePossiblyQueued(begin: UInt64) { if counts(begin: begin) { queued.possible &+= 1 } }

    /// - Parameter waiting: When the acquires began that are under way and do not dial.
    mutating func read(_ audit: PoolAudit, mark: EventMark, waiting: [UInt64], sockets: PoolSockets) {
        close(at: .max)
        guard let open = audit.open, let idle = audit.idle else { return }
        let recent = UInt64(waiting.count { $0 &+ LevelWindow.length > mark.timestamp })
        let isQuietBefore = window.lastChange &+ LevelWindow.length <= mark.timestamp
        reading = PoolReading(
            mark: mark, open: open, inUse: open > idle ? open - idle : 0, range: window.range(at: mark.timestamp),
            isQuiet: isQuietBefore, waitCount: audit.waitCount, queued: queued, waiting: UInt64(waiting.count),
            begunBefore: recent, sockets: sockets)
        openUntil = mark.timestamp &+ LevelWindow.length
        if first == nil, let waitCount = audit.waitCount { first = (mark.timestamp, waitCount, 0, recent) }
    }

    /// What the books say, with the reading that may still be open.
    func reconciliation(comparesWaits: Bool) -> PoolReconciliation {
        var books = self
        books.close(at: .max)
        var result = books.result
        if !comparesWaits { result.waits = nil }
        return result
    }

    private mutating func close(at now: UInt64) {
        guard now > openUntil || now == .max, let reading else { return }
        self.reading = nil
        openUntil = .max
        if first?.at == reading.mark.timestamp { first?.begunAfter = reading.begunAfter }
        judge(reading)
        last = reading
    }

    private mutating func judge(_ reading: PoolReading) {
        /// What counts of a difference: all of it when nothing was in flight, else what stood in the reading before too.
        func counted(_ value: (PoolReading) -> UInt64) -> UInt64 {
            reading.isQuiet ? value(reading) : min(value(reading), last.map(value) ?? 0)
        }
        result.readings &+= 1
        result.event = reading.mark.reference
        result.excessLeases = counted(\.excessLeases)
        result.unseenLeases = counted(\.unseenLeases)
        // Sockets come and go without a record of the pool: two readings always.
        func stood(_ value: (PoolReading) -> UInt64) -> UInt64 { min(value(reading), last.map(value) ?? 0) }
        result.closedSockets = stood(\.sockets.closed)
        result.straySockets = stood(\.straySockets)
        result.outsideSockets = stood(\.sockets.outside)
        if result.excessLeases > 0 || result.straySockets > 0 { result.differing &+= 1 }
        guard let first, let waitCount = reading.waitCount, reading.mark.timestamp > first.at else { return }
        let sure = reading.queued.sure
        result.waits = WaitReconciliation(
            growth: waitCount > first.waitCount ? waitCount - first.waitCount : 0,
            least: sure > first.begunAfter ? sure - first.begunAfter : 0,
            most: reading.queued.possible &+ reading.waiting &+ reading.begunAfter &+ first.begunBefore)
    }
}
