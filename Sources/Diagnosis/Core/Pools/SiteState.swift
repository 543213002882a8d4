// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What one acquiring stack did with a pool, so far.
struct SiteState {
    let key: SiteKey
    var acquires: UInt64 = 0
    var openLeases: UInt64 = 0
    var completed: UInt64 = 0
    /// Leases that came back from who took them, and from somebody else.
    var returnedByTaker: UInt64 = 0
    var returnedByOther: UInt64 = 0
    var totalHold: UInt64 = 0
    var longestHold: UInt64 = 0
    var longLeases: UInt64 = 0
    var longHold: UInt64 = 0
    var longSocketTime: UInt64 = 0
    var firstLong: EventMark?
    var lastLong: EventMark?
    var othersWaited: UInt64 = 0
    private(set) var time = LeaseTime()
    var holds = LogHistogram()

    init(key: SiteKey) { self.key = key }

    mutating func add(_ lease: CompletedLease, othersWaited contended: UInt64) {
        completed &+= 1
        totalHold &+= lease.hold
        longestHold = max(longestHold, lease.hold)
        othersWaited &+= contended
        time += lease.time
        guard let socketTime = lease.socketTime else { return }
        longLeases &+= 1
        longHold &+= lease.hold
        longSocketTime &+= socketTime
        firstLong = firstLong ?? lease.acquired
        lastLong = lease.acquired
    }
}
