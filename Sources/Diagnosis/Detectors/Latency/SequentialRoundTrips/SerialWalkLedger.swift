// SPDX-License-Identifier: Apache-2.0

/// Round trips that followed each other, by who made them: one request after the answer to the one before, of about the
/// same size, with little else between.
struct SerialWalkLedger {
    /// Goroutines that are watched at one time.
    static let holderLimit = 4096
    static let entryLimit = 512
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
        let holder: HolderKey
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

        init(_ io: SocketIO, key: Key, by holder: HolderKey) {
            self.holder = holder
            self.key = key
            requestBytes = io.bytes
            sentAt = io.start
            begin = io.mark
            end = io.mark
        }

        /// Counts the trip that has ended. `false`: it is not like the others, and ends the run before it.
        mutating func close() -> Bool {
            let trip = answeredAt > sentAt ? answeredAt - sentAt : 0
            if usualBytes == 0 { usualBytes = requestBytes }
            let isAlike = requestBytes <= usualBytes * 2 && usualBytes <= requestBytes &* 2
            guard isAlike, trip <= SerialWalkLedger.longestTrip else { return false }
            trips &+= 1
            shortest = min(shortest, trip)
            return true
        }

        /// The next request comes soon after the last answer.
        func isFollowed(by io: SocketIO) -> Bool {
            io.start >= answeredAt && io.start - answeredAt <= max(shortest, 1_000_000)
        }
    }

    private(set) var entries: [Entry] = []
    /// Walks of call sites beyond the limit.
    private(set) var unlisted: UInt64 = 0
    /// Walks that were ended early, as too many holders had one.
    private(set) var broken: UInt64 = 0
    private var index: [Key: Int] = [:]
    private var runs = SlotMap<HolderKey, Run>()
    let least: UInt64

    init(least: UInt64) { self.least = max(2, least) }

    /// Data was sent or received on a leased connection.
    mutating func note(_ io: SocketIO, key: Key, by holder: HolderKey) {
        guard let run = runs.slot(holder) else {
            if !io.isReceive { start(io, key: key, by: holder) }
            return
        }
        if io.isReceive {
            // An answer may come in many parts: the last one ends the trip.
            runs[run].answeredAt = io.mark.timestamp
            runs[run].end = io.mark
            if runs[run].key != key { end(run) }
            return
        }
        if runs[run].answeredAt == 0 {
            // A request in several parts, or a second one before the answer: only one answer is waited for.
            runs[run].requestBytes &+= io.bytes
            if runs[run].key != key { end(run) }
            return
        }
        if runs[run].key == key, runs[run].close() {
            guard runs[run].isFollowed(by: io) else {
                add(runs[run])
                runs[run] = Run(io, key: key, by: holder)
                return
            }
        } else {
            finish(run)
            runs[run] = Run(io, key: key, by: holder)
            return
        }
        runs[run].requestBytes = io.bytes
        runs[run].sentAt = io.start
        runs[run].answeredAt = 0
    }

    /// The holder used another connection, or one of no pool: what it does is not one walk.
    mutating func interrupt(_ holder: HolderKey) {
        if let run = runs.slot(holder) { end(run) }
    }

    /// The entries with the runs that have not ended.
    var all: [Entry] { ended.entries }

    /// With all runs ended.
    var ended: SerialWalkLedger {
        var copy = self
        copy.endAll()
        return copy
    }

    private mutating func start(_ io: SocketIO, key: Key, by holder: HolderKey) {
        if runs.count >= Self.holderLimit {
            broken &+= UInt64(runs.slots.count { runs[$0].trips > 0 })
            endAll()
        }
        runs.insert(holder, Run(io, key: key, by: holder))
    }

    /// In the order of their holders, so that it does not depend on hashing.
    private mutating func endAll() {
        for run in runs.slots.sorted(by: { runs[$0].holder.raw < runs[$1].holder.raw }) { end(run) }
    }

    private mutating func end(_ slot: Int32) {
        finish(slot)
        runs.remove(runs[slot].holder)
    }

    private mutating func finish(_ slot: Int32) {
        if runs[slot].answeredAt != 0, runs[slot].trips > 0 { _ = runs[slot].close() }
        add(runs[slot])
    }

    private mutating func add(_ run: Run) {
        if run.trips < least { return }
        let place: Int
        if let known = index[run.key] {
            place = known
        } else if entries.count < Self.entryLimit {
            place = entries.count
            index[run.key] = place
            entries.append(Entry(key: run.key, begin: run.begin, end: run.end))
        } else {
            unlisted &+= 1
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
