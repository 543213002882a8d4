// SPDX-License-Identifier: Apache-2.0

/// The waits of one pool that have ended.
struct EndedWaits {
    /// Of acquires that did not dial, and of those that did.
    private(set) var lengths = LogHistogram()
    private(set) var dials = LogHistogram()
    private(set) var meter = RateMeter()
    private(set) var log: WaitLog
    /// Those of at least `pool-wait.counted`, as all that follows.
    private(set) var counted: UInt64 = 0
    private(set) var levels = WaitLevels()
    private(set) var first: EventMark?
    private(set) var last: EventMark?
    private(set) var longest: (length: UInt64, event: EventMark)?

    init(floor: UInt64) { log = WaitLog(floor: floor) }

    mutating func addDial(_ length: UInt64) { dials.add(length) }

    mutating func add(_ length: UInt64) { lengths.add(length) }

    /// The same wait counts.
    ///
    /// - Parameter share: the pool has the room of one of so many.
    mutating func count(_ wait: LoggedWait, _ begin: EventMark, isFirstUse: Bool, slowFrom: UInt64, share: Int) {
        counted &+= 1
        meter.mark(wait.end)
        first = first ?? begin
        last = begin
        if wait.length > longest?.length ?? 0 { longest = (wait.length, begin) }
        levels.add(
            begin, length: wait.length, isFirstUse: isFirstUse, slowFrom: slowFrom, occupied: wait.occupied)
        log.add(wait, capacity: WaitLog.capacity / share)
    }
}
