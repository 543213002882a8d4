// SPDX-License-Identifier: Apache-2.0
public import TargetInspection

/// Reads a pool's own limits and counters from the target's memory.
public protocol PoolCounterReader: Sendable {
    /// - Parameter address: of the pool object.
    /// - Returns: `nil`: unreadable, or this is not (or no longer) a pool.
    func counters(ofPoolAt address: UInt64, in memory: any ReadableMemory) -> PoolCounters?
}

extension PoolCounterReader {
    /// Numbers that a pool may have. Others mean that something else is at its address.
    func isPlausible(_ counters: PoolCounters) -> Bool {
        let most: Int64 = 1 << 24
        return (-1...most).contains(counters.open) && (-1...most).contains(counters.idle) && counters.waitCount >= -1
    }
}
