// SPDX-License-Identifier: Apache-2.0

/// The levels of a pool over the last 20 to 40 ms, in two halves of at least 20 ms.
struct LevelWindow {
    /// Between a probe and what the pool books in the same call lies some scheduling, no more.
    static let length: UInt64 = 20_000_000

    private var level = LevelRange(inUse: 0, waiters: 0)
    private var current = LevelRange(inUse: 0, waiters: 0)
    private var previous = LevelRange(inUse: 0, waiters: 0)
    private var currentSince: UInt64 = 0
    private(set) var lastChange: UInt64 = 0

    mutating func change(to level: LevelRange, at now: UInt64) {
        roll(to: now)
        self.level = level
        current.include(level)
        lastChange = now
    }

    /// Over at least the last 20 ms.
    mutating func range(at now: UInt64) -> LevelRange {
        roll(to: now)
        var range = previous
        range.include(current)
        return range
    }

    private mutating func roll(to now: UInt64) {
        guard now > currentSince, now - currentSince >= Self.length else { return }
        previous = now - currentSince < 2 * Self.length ? current : level
        current = level
        currentSince = now
    }
}
