// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Receives of one endpoint's data that had waited in the socket for the application for `receive-backlog.dwell` or more.
public struct ReceiveBacklog: Sendable {
    /// The peer's; of accepted connections, and of UDP sockets without a peer, this process's own.
    public var endpoint: Endpoint
    public var isAccepting: Bool
    public var protocolNumber: UInt16
    /// All receives of data.
    public var receives: UInt64
    /// Of these, the late ones.
    public var late: UInt64
    /// Of the late ones, those on a connection that was leased.
    public var lateLeased: UInt64
    /// Of the late ones, those before which the reader was blocked in sends for half of the time or longer.
    public var lateSending: UInt64
    /// How long data waited before the late ones, at least.
    public var dwell: DurationStatistics
    /// Bytes that still waited after a late receive.
    public var mostQueued: UInt64
    /// Of the lease with the longest dwell; `nil`: it was not leased.
    public var pool: PoolID?
    public var stack: CallStack?
    public var first: EventReference
    public var longest: EventReference
    public var last: EventReference

    public init(
        endpoint: Endpoint, isAccepting: Bool, protocolNumber: UInt16, receives: UInt64, late: UInt64,
        lateLeased: UInt64, lateSending: UInt64 = 0, dwell: DurationStatistics, mostQueued: UInt64, pool: PoolID?,
        stack: CallStack?,
        first: EventReference, longest: EventReference, last: EventReference
    ) {
        self.endpoint = endpoint
        self.isAccepting = isAccepting
        self.protocolNumber = protocolNumber
        self.lateSending = lateSending
        self.receives = receives
        self.late = late
        self.lateLeased = lateLeased
        self.dwell = dwell
        self.mostQueued = mostQueued
        self.pool = pool
        self.stack = stack
        self.first = first
        self.longest = longest
        self.last = last
    }
}
