// SPDX-License-Identifier: Apache-2.0

/// A pool's own limits and counters. -1: the pool has no such number.
public struct PoolCounters: Sendable, Equatable {
    /// Connections that are open, in use or idle.
    public var open: Int64 = -1
    /// Open connections that are in the pool.
    public var idle: Int64 = -1
    /// 0: no limit.
    public var maximumOpen: Int64 = -1
    /// How many idle connections the pool keeps; it closes what is returned beyond.
    public var maximumIdle: Int64 = -1
    /// Acquires that had to wait, since the pool was made.
    public var waitCount: Int64 = -1
    /// How long they waited, in sum.
    public var waitNanoseconds: Int64 = -1

    subscript(counter: PoolCounter) -> Int64 {
        get {
            switch counter {
            case .open: open
            case .idle: idle
            case .maximumOpen: maximumOpen
            case .maximumIdle: maximumIdle
            case .waitCount: waitCount
            case .waitNanoseconds: waitNanoseconds
            }
        }
        set {
            switch counter {
            case .open: open = newValue
            case .idle: idle = newValue
            case .maximumOpen: maximumOpen = newValue
            case .maximumIdle: maximumIdle = newValue
            case .waitCount: waitCount = newValue
            case .waitNanoseconds: waitNanoseconds = newValue
            }
        }
    }
}
