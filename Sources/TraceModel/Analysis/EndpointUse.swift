// SPDX-License-Identifier: Apache-2.0

/// How often a pool leased connections to one endpoint.
public struct EndpointUse: Hashable, Sendable {
    public var endpoint: Endpoint
    /// Ended leases.
    public var leases: UInt64
    /// When the first and the last of them ended.
    public var first: MonotonicInstant
    public var last: MonotonicInstant

    public init(endpoint: Endpoint, leases: UInt64, first: MonotonicInstant, last: MonotonicInstant) {
        self.endpoint = endpoint
        self.leases = leases
        self.first = first
        self.last = last
    }
}
