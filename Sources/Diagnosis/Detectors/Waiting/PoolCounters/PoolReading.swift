// SPDX-License-Identifier: Apache-2.0

/// A pool's counters as read at a census, and what the trace has for them.
struct PoolReading {
    let mark: EventMark
    let open: UInt64
    let inUse: UInt64
    /// From 20 ms before to 20 ms after.
    var range: LevelRange
    /// Nothing of the pool happened in that time.
    var isQuiet: Bool
    /// Acquires that began in the 20 ms after: the counters were read a little later than the reading's time.
    var begunAfter: UInt64 = 0
    let waitCount: UInt64?
    /// Acquires since the first reading that surely, and that may have, queued.
    let queued: QueuedAcquires
    /// Acquires under way that do not dial; of them those that began in the 20 ms before.
    let waiting: UInt64
    let begunBefore: UInt64
    let sockets: PoolSockets

    var excessLeases: UInt64 { range.leastInUse > inUse ? range.leastInUse - inUse : 0 }

    var unseenLeases: UInt64 {
        let known = range.mostInUse &+ range.mostWaiters
        return inUse > known ? inUse - known : 0
    }

    /// Beyond what the pool may have open, those that it is dialling included.
    var straySockets: UInt64 { sockets.joined > open ? sockets.joined - open : 0 }
}
