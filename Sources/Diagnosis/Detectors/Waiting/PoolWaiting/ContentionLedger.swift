// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The time in which someone waited for a pool, by the number of open leases.
struct ContentionLedger {
    static let levelLimit = 4096

    /// Time so far in which someone waited.
    private(set) var contendedTime: UInt64 = 0
    private var levels: [ContentionLevel?] = []
    private var inUse: UInt64 = 0
    private var waiters: UInt64 = 0
    private var advancedTo: UInt64 = 0
    private var latestBegin: EventMark?

    mutating func change(inUse: UInt64, waiters: UInt64, at now: UInt64) {
        advance(to: now)
        self.inUse = inUse
        self.waiters = waiters
    }

    /// After the change that the begin is.
    mutating func begin(_ mark: EventMark) { latestBegin = mark }

    /// Books the time since the last change to the number of leases that were open meanwhile.
    mutating func advance(to now: UInt64) {
        guard now > advancedTo else { return }
        defer { advancedTo = now }
        guard waiters > 0, advancedTo > 0 else { return }
        let time = now - advancedTo
        contendedTime &+= time
        guard let latestBegin else { return }
        let level = min(Int(clamping: inUse), Self.levelLimit)
        if level >= levels.count { levels.append(contentsOf: repeatElement(nil, count: level + 1 - levels.count)) }
        if levels[level] == nil {
            levels[level] = ContentionLevel(first: advancedTo, last: now, peakQueue: 0, event: latestBegin)
        }
        levels[level]?.add(time, until: now, waiters: waiters)
    }

    var result: [Contention] {
        levels.enumerated().compactMap { inUse, level in
            guard let level else { return nil }
            return Contention(
                inUse: UInt64(inUse), time: .nanoseconds(clamping: level.time),
                first: MonotonicInstant(nanoseconds: level.first), last: MonotonicInstant(nanoseconds: level.last),
                peakQueue: level.peakQueue, event: level.event.reference)
        }
    }
}
