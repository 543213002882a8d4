// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Leases of one call site whose socket was already closed, by the peer or by this process, when they began.
public struct StaleBorrow: Sendable {
    public var pool: PoolID
    public var stack: CallStack?
    /// The TCP state at the acquire, as in include/net/tcp_states.h.
    public var state: UInt16
    public var endpoint: Endpoint?
    public var leases: UInt64
    /// Of them, those that ended without a byte received: their first query failed.
    public var unanswered: UInt64
    /// The longest time from the peer's close to the acquire; `nil`: when the peer closed is not in the trace.
    public var longestAfterClose: Duration?
    /// The first of them, in order; at most five.
    public var events: [EventReference]
    public var last: EventReference

    public init(
        pool: PoolID, stack: CallStack?, state: UInt16, endpoint: Endpoint?, leases: UInt64, unanswered: UInt64,
        longestAfterClose: Duration?, events: [EventReference], last: EventReference
    ) {
        self.pool = pool
        self.stack = stack
        self.state = state
        self.endpoint = endpoint
        self.leases = leases
        self.unanswered = unanswered
        self.longestAfterClose = longestAfterClose
        self.events = events
        self.last = last
    }
}
