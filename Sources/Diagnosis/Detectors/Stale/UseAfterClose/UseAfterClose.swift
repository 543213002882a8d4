// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Leases of one pool on connections that this process has closed itself.
public struct UseAfterClose: Sendable {
    public enum How: String, Sendable, CaseIterable {
        /// Someone who did not hold the lease closed its socket.
        case closedWhileLeased
        /// The pool's own function closed the connection, called by someone who did not hold its lease; later the holder
        /// released it.
        case closedByPool
        /// The socket was closed while the connection lay idle in the pool, which handed it out afterwards.
        case handedOutClosed
    }

    public var pool: PoolID
    public var how: How
    public var leases: UInt64 = 0
    /// Of the first lease; `nil`: not known.
    public var stack: CallStack?
    public var endpoint: Endpoint?
    /// Goroutines that closed them.
    public var closers: UInt64 = 0
    /// From the close to the release, or to the acquire where the connection was handed out closed; zero: not known.
    public var longest: Duration = .zero
    /// Pairs: the close, and the record of the lease: its acquire, or its release after `closedByPool`.
    public var events: [EventReference] = []
    public var first: MonotonicInstant
    public var last: MonotonicInstant

    public init(pool: PoolID, how: How, first: MonotonicInstant) {
        self.pool = pool
        self.how = how
        self.first = first
        last = first
    }
}
