// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Connections of a pool that ended in their start-up: the server was reached and answered, the connection was closed right
/// after that answer and never leased, and the acquire that it was made for came back with an error.
public struct EndedStartUp: Sendable {
    public var pool: PoolID
    public var endpoint: Endpoint
    /// Acquires that failed so. Not those that were cancelled or whose deadline had passed.
    public var count: UInt64
    /// New connections to the endpoint that the pool leased.
    public var successes: UInt64
    /// Whether none of them was leased after the last failure.
    public var isLastFailed: Bool
    /// The errors of the acquires, the most frequent first.
    public var errors: [(name: String, count: UInt64)]
    /// TCP connections to the endpoint that the process had when the first and the last one ended, without that one.
    public var connectionsAtFirst: UInt64?
    public var connectionsAtLast: UInt64?
    /// What was received or sent last on the first and the last of the connections.
    public var firstExchange: EventReference
    public var lastExchange: EventReference
    /// The ends of the first and the last of the acquires.
    public var first: EventReference
    public var last: EventReference
    /// Who asked the last time.
    public var stack: CallStack?

    public init(
        pool: PoolID, endpoint: Endpoint, count: UInt64, successes: UInt64, isLastFailed: Bool,
        errors: [(name: String, count: UInt64)], connectionsAtFirst: UInt64?, connectionsAtLast: UInt64?,
        firstExchange: EventReference, lastExchange: EventReference, first: EventReference, last: EventReference,
        stack: CallStack?
    ) {
        self.pool = pool
        self.endpoint = endpoint
        self.count = count
        self.successes = successes
        self.isLastFailed = isLastFailed
        self.errors = errors
        self.connectionsAtFirst = connectionsAtFirst
        self.connectionsAtLast = connectionsAtLast
        self.firstExchange = firstExchange
        self.lastExchange = lastExchange
        self.first = first
        self.last = last
        self.stack = stack
    }
}
