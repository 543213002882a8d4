// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How often a pool leased connections to one endpoint.
public struct EndpointUse: Hashable, Sendable {
    public var endpoint: Endpoint
    /// Ended leases.
    public var leases: UInt64
    /// The ends of the first and the last of them; where the socket was closed in use, the begin.
    public var first: EventReference
    public var last: EventReference

    public init(endpoint: Endpoint, leases: UInt64, first: EventReference, last: EventReference) {
        self.endpoint = endpoint
        self.leases = leases
        self.first = first
        self.last = last
    }
}
