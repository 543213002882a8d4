// SPDX-License-Identifier: Apache-2.0

/// The growth of a pool's own count of waits from its first to its last reading, against the acquires of that time.
public struct WaitReconciliation: Hashable, Sendable {
    public var growth: UInt64
    /// Acquires that surely queued: their connection was not free when they asked.
    public var least: UInt64
    /// Those and all that may have: it became free in the same moment, or they failed, or still waited.
    public var most: UInt64

    public init(growth: UInt64, least: UInt64, most: UInt64) {
        self.growth = growth
        self.least = least
        self.most = most
    }

    public var agrees: Bool { least <= growth && growth <= most }
}
