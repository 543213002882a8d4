// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The moment at which the peer closed or reset most of the connections to one endpoint.
public struct MassClosure: Sendable {
    public var endpoint: Endpoint
    /// Connections that the peer ended within `mass-invalidation.window`, each older than that.
    public var closed: UInt64
    /// Of so many that there were.
    public var connections: UInt64
    public var first: EventReference
    public var last: EventReference
    /// Attempts to connect there within half a minute after the last one.
    public var redials: UInt64
    /// All had been silent for at least this long, and about equally: it is the peer's idle timeout. `nil`: they had not.
    public var idleTimeout: Duration?
    /// The first request after an idle time met each of the ends: they were forgotten before, not ended together.
    public var isMetAfterIdle = false

    public init(
        endpoint: Endpoint, closed: UInt64, connections: UInt64, first: EventReference, last: EventReference,
        redials: UInt64
    ) {
        self.endpoint = endpoint
        self.closed = closed
        self.connections = connections
        self.first = first
        self.last = last
        self.redials = redials
    }
}
