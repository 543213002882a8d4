// SPDX-License-Identifier: Apache-2.0

/// Time with waiters at one number of open leases.
struct ContentionLevel {
    var time: UInt64 = 0
    var first: UInt64
    var last: UInt64
    var peakQueue: UInt64
    var event: EventMark

    mutating func add(_ more: UInt64, until now: UInt64, waiters: UInt64) {
        time &+= more
        last = now
        peakQueue = max(peakQueue, waiters)
    }
}
