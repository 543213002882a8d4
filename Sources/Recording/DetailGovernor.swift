// SPDX-License-Identifier: Apache-2.0

/// Decides which sockets are too busy for a record of each call.
///
/// A record costs the target some 0.3 to 0.6 us (docs/overhead.md): the limit on records per second is a limit on that
/// cost. Counting by socket costs the recorder a look-up per record, so it begins at half the limit.
struct DetailGovernor {
    /// Calls per second that may be recorded one by one.
    let limit: UInt64
    /// Sockets that have been counted in this second, at most.
    private static let socketLimit = 65_536

    private(set) var isWatching = false
    private var counts: [UInt64: UInt64] = [:]
    private var records: UInt64 = 0
    private var lastLost: UInt64 = 0
    private var lastTick: UInt64

    init(limit: UInt64, now: UInt64) {
        self.limit = limit
        lastTick = now
    }

    /// A receive or send was recorded. Only counts by socket while `isWatching`.
    mutating func note(inode: UInt64) {
        if counts.count < Self.socketLimit || counts[inode] != nil { counts[inode, default: 0] &+= 1 }
    }

    mutating func note(records count: Int) { records &+= UInt64(count) }

    struct Choice: Equatable {
        var callsPerSecond: UInt64
        /// The busiest first.
        var inodes: [UInt64]
    }

    /// About once a second: the sockets whose calls are to be summed up; `nil`: none.
    ///
    /// - Parameter lost: Records lost so far: those would have been recorded, too.
    mutating func tick(now: UInt64, lost: UInt64) -> Choice? {
        let elapsed = max(now &- min(lastTick, now), 1)
        func perSecond(_ count: UInt64) -> UInt64 {
            count.multipliedReportingOverflow(by: 1_000_000_000).partialValue / elapsed
        }
        let rate = perSecond(records &+ (lost &- min(lastLost, lost)))
        let wasWatching = isWatching
        let counted = counts
        (records, lastLost, lastTick) = (0, lost, now)
        counts.removeAll(keepingCapacity: true)
        isWatching = rate > limit / 2
        guard wasWatching, rate > limit else { return nil }
        // Down to half the limit, so that a little more load does not need the next choice at once.
        var remaining = rate
        var chosen: [UInt64] = []
        let known = counted.values.reduce(0, &+)
        for (inode, count) in counted.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            if remaining <= limit / 2 { break }
            // What was lost is believed to be spread like what was not.
            let share = Double(count) / Double(max(known, 1)) * Double(rate)
            remaining -= min(remaining, UInt64(share))
            if inode != 0 { chosen.append(inode) }
        }
        return chosen.isEmpty ? nil : Choice(callsPerSecond: rate, inodes: chosen)
    }
}
