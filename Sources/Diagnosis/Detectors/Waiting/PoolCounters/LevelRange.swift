// SPDX-License-Identifier: Apache-2.0

/// The least and the most of what a pool had in the trace over some time.
struct LevelRange {
    var leastInUse: UInt64
    var mostInUse: UInt64
    /// Acquires that had begun and not ended: their connections may be in use by the pool's count already.
    var mostWaiters: UInt64

    init(inUse: UInt64, waiters: UInt64) {
        leastInUse = inUse
        mostInUse = inUse
        mostWaiters = waiters
    }

    mutating func include(_ other: LevelRange) {
        leastInUse = min(leastInUse, other.leastInUse)
        mostInUse = max(mostInUse, other.mostInUse)
        mostWaiters = max(mostWaiters, other.mostWaiters)
    }
}
