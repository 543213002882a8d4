// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// Look-ups inside the acquires of one pool, so far.
struct AcquireLookupTally {
    private var lookups: UInt64 = 0
    private var slow: UInt64 = 0
    private var timedOut: UInt64 = 0
    private var longest: UInt64 = 0
    private var longestName = ""
    private var acquires: UInt64 = 0
    private var acquireTime: UInt64 = 0
    private var lookupTime: UInt64 = 0
    private var first: EventMark?
    private var last: EventMark?

    /// - Parameter timeout: a look-up that fails after so long has not been answered.
    mutating func add(
        _ duration: UInt64, name: String, hasFailed: Bool, slow floor: UInt64, timeout: UInt64, at mark: EventMark
    ) {
        lookups &+= 1
        if duration > longest {
            longest = duration
            longestName = name
        }
        let isTimedOut = hasFailed && duration >= timeout
        if isTimedOut { timedOut &+= 1 }
        guard duration >= floor || isTimedOut else { return }
        slow &+= 1
        first = first ?? mark
        last = mark
    }

    mutating func addAcquire(took: UInt64, lookup: UInt64) {
        acquires &+= 1
        acquireTime = acquireTime.addingReportingOverflow(took).overflow ? .max : acquireTime &+ took
        let spent = min(lookup, took)
        lookupTime = lookupTime.addingReportingOverflow(spent).overflow ? .max : lookupTime &+ spent
    }

    var summary: AcquireLookups {
        var summary = AcquireLookups()
        summary.lookups = lookups
        summary.slow = slow
        summary.timedOut = timedOut
        summary.longest = .nanoseconds(clamping: longest)
        summary.longestName = longestName
        summary.acquires = acquires
        summary.acquireTime = .nanoseconds(clamping: acquireTime)
        summary.lookupTime = .nanoseconds(clamping: lookupTime)
        summary.first = first?.reference
        summary.last = last?.reference
        return summary
    }
}
