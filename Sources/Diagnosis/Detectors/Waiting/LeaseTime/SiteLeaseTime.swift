// SPDX-License-Identifier: Apache-2.0

/// Where the time of the completed leases of one acquiring stack went, so far. In nanoseconds.
struct SiteLeaseTime {
    private var totalHold: UInt64 = 0
    private var longestHold: UInt64 = 0
    private var longLeases: UInt64 = 0
    private var longHold: UInt64 = 0
    private var longSocketTime: UInt64 = 0
    private var firstLong: EventMark?
    private var lastLong: EventMark?
    private(set) var time = LeaseTime()
    private(set) var holds = LogHistogram()

    /// - Parameter isCounted: the hold is counted in the histogram, too.
    mutating func add(hold: UInt64, _ leaseTime: LeaseTime, isCounted: Bool) {
        totalHold &+= hold
        longestHold = max(longestHold, hold)
        time += leaseTime
        if isCounted { holds.add(hold) }
    }

    /// The same lease was long, and its socket in use for so much of it.
    mutating func addLong(hold: UInt64, socketTime: UInt64, acquired: EventMark) {
        longLeases &+= 1
        longHold &+= hold
        longSocketTime &+= socketTime
        firstLong = firstLong ?? acquired
        lastLong = acquired
    }

    func addResult(to summary: inout SiteSummary) {
        summary.totalHold = .nanoseconds(clamping: totalHold)
        summary.longestHold = .nanoseconds(clamping: longestHold)
        summary.longLeases = longLeases
        summary.longHold = .nanoseconds(clamping: longHold)
        summary.longSocketTime = .nanoseconds(clamping: longSocketTime)
        summary.firstLong = firstLong?.reference
        summary.lastLong = lastLong?.reference
    }
}
