// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A pool's own limits and counters, as last read from the target's memory.
public struct PoolAudit: Hashable, Sendable {
    public var event: EventReference
    /// Connections that exist or are being dialled; `nil`: the pool has no such counter. The same for the others.
    public var open: UInt64?
    public var idle: UInt64?
    /// 0: no limit.
    public var maximumOpen: UInt64?
    public var maximumIdle: UInt64?
    /// Waits since the program started.
    public var waitCount: UInt64?

    public init(
        event: EventReference, open: UInt64? = nil, idle: UInt64? = nil, maximumOpen: UInt64? = nil,
        maximumIdle: UInt64? = nil, waitCount: UInt64? = nil
    ) {
        self.event = event
        self.open = open
        self.idle = idle
        self.maximumOpen = maximumOpen
        self.maximumIdle = maximumIdle
        self.waitCount = waitCount
    }
}
