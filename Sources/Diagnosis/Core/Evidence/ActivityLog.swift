// SPDX-License-Identifier: Apache-2.0

/// When the process was seen at work, lately: a process that stands still looks as if all of its peers did.
struct ActivityLog {
    private static let tick: UInt64 = 20_000_000
    private static let kept = 512
    /// Numbers of the last ticks with a record, in a ring.
    private var ticks = [UInt64](repeating: 0, count: kept)
    private var latest = 0
    /// When the latest of them ends.
    private var latestUntil: UInt64 = 0

    mutating func note(_ now: UInt64) {
        if now < latestUntil { return }
        let tick = now / Self.tick
        if ticks[latest] >= tick { return }
        latest = (latest + 1) % Self.kept
        ticks[latest] = tick
        latestUntil = (tick &+ 1) &* Self.tick
    }

    /// Whether there was any record between the two moments, a tick away from either.
    func hasAny(from start: UInt64, to end: UInt64) -> Bool {
        let first = start / Self.tick + 1
        let last = end / Self.tick
        return ticks.contains { $0 >= first && $0 < last }
    }
}
