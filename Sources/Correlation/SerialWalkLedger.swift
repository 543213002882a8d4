// SPDX-License-Identifier: Apache-2.0

/// Round trips that followed each other, by who made them: one request after the answer to the one before, of about the
/// same size, with little else between.
struct SerialWalkLedger {
    /// Goroutines that are watched at one time.
    private static let holderLimit = 4096
    private static let entryLimit = 512
    /// A longer trip is the server's work or a long poll, and the network is not what costs.
    private static let longestTrip: UInt64 = 250_000_000

    struct Key: Hashable {
        var pool: Int32
        var site: Int32
    }

    struct Entry {
        let key: Key
        var runs: UInt64 = 0
        var longestTrips: UInt64 = 0
        var longestTime: UInt64 = 0
        var savable: UInt64 = 0
        var begin: EventMark
        var end: EventMark
    }

    private struct Run {
        let key: Key
        var trips: UInt64 = 0
        var shortest: UInt64 = .max
        /// Of the request under way, and of the usual one.
        var requestBytes: UInt64
        var usualBytes: UInt64 = 0
        var sentAt: UInt64
        /// 0: the answer has not come.
        var answeredAt: UInt64 = 0
        var begin: EventMark
        var end: EventMark
    }

    private(set) var entries: [Entry] = []
    private var index: [Key: Int] = [:]
    private var runs: [HolderKey: Run] = [:]
    let least: UInt64

    init(least: UInt64) { self.least = max(2, least) }

    /// Data was sent or received on a leased connection.
    mutating func note(_ io: SocketIO, key: Key, by holder: HolderKey) {
        guard var run = runs.removeValue(forKey: holder) else {
            if !io.isReceive { start(io, key: key, by: holder) }
            return
        }
        let now = io.mark.timestamp
        if io.isReceive {
            // An answer may come in many parts: the last one ends the trip.
            run.answeredAt = now
            run.end = io.mark
            if run.key == key { runs[holder] = run } else { finish(run) }
            return
        }
        if run.answeredAt == 0 {
            // A request in several parts, or a second one before the answer: only one answer is waited for.
            run.requestBytes &+= io.bytes
            if run.key == key { runs[holder] = run } else { finish(run) }
            return
        }
        guard run.key == key, close(&run), io.start >= run.answeredAt,
            io.start - run.answeredAt <= max(run.shortest, 1_000_000)
        else {
            finish(run)
            start(io, key: key, by: holder)
            return
        }
        run.requestBytes = io.bytes
        run.sentAt = io.start
        run.answeredAt = 0
        runs[holder] = run
    }

    /// The holder used another connection, or one of no pool: what it does is not one walk.
    mutating func interrupt(_ holder: HolderKey) {
        if let run = runs.removeValue(forKey: holder) { finish(run) }
    }

    /// The entries with the runs that have not ended.
    var all: [Entry] {
        var copy = self
        for run in runs.sorted(by: { $0.key.raw < $1.key.raw }).map(\.value) { copy.finish(run) }
        return copy.entries
    }

    private mutating func start(_ io: SocketIO, key: Key, by holder: HolderKey) {
        if runs.count >= Self.holderLimit {
            for run in runs.sorted(by: { $0.key.raw < $1.key.raw }).map(\.value) { finish(run) }
            runs.removeAll(keepingCapacity: true)
        }
        runs[holder] = Run(key: key, requestBytes: io.bytes, sentAt: io.start, begin: io.mark, end: io.mark)
    }

    /// Counts the trip that has ended. `false`: it is not like the others, and ends the run before it.
    private func close(_ run: inout Run) -> Bool {
        let trip = run.answeredAt > run.sentAt ? run.answeredAt - run.sentAt : 0
        if run.usualBytes == 0 { run.usualBytes = run.requestBytes }
        let isAlike = run.requestBytes <= run.usualBytes * 2 && run.usualBytes <= run.requestBytes &* 2
        guard isAlike, trip <= Self.longestTrip else { return false }
        run.trips &+= 1
        run.shortest = min(run.shortest, trip)
        return true
    }

    private mutating func finish(_ run: Run) {
        var run = run
        if run.answeredAt != 0, run.trips > 0 { _ = close(&run) }
        guard run.trips >= least else { return }
        let place: Int
        if let known = index[run.key] {
            place = known
        } else if entries.count < Self.entryLimit {
            place = entries.count
            index[run.key] = place
            entries.append(Entry(key: run.key, begin: run.begin, end: run.end))
        } else {
            return
        }
        let (saved, overflow) = (run.trips - 1).multipliedReportingOverflow(by: run.shortest)
        let (sum, isOver) = entries[place].savable.addingReportingOverflow(overflow ? .max : saved)
        entries[place].savable = isOver ? .max : sum
        entries[place].runs &+= 1
        guard run.trips > entries[place].longestTrips else { return }
        entries[place].longestTrips = run.trips
        entries[place].longestTime =
            run.end.timestamp > run.begin.timestamp ? run.end.timestamp - run.begin.timestamp : 0
        entries[place].begin = run.begin
        entries[place].end = run.end
    }
}
