// SPDX-License-Identifier: Apache-2.0

/// How often a pool used its connections again, over the leases that began in the trace.
public struct ConnectionReuse: Hashable, Sendable {
    /// Connections that were leased at least once.
    public var connections: UInt64 = 0
    /// Leases of a connection that was opened in the trace and not leased before.
    public var newLeases: UInt64 = 0
    /// Leases of a connection that was leased before, or is older than the trace.
    public var reusedLeases: UInt64 = 0
    /// Leases of which neither is known.
    public var unknownLeases: UInt64 = 0
    /// The most leases of one connection.
    public var mostLeases: UInt64 = 0

    public init() {}

    /// Counts one lease, by its `ConnectionUse.isNew`.
    public mutating func add(isNew: Bool?) {
        switch isNew {
        case true?: newLeases &+= 1
        case false?: reusedLeases &+= 1
        case nil: unknownLeases &+= 1
        }
    }

    public var leases: UInt64 { newLeases &+ reusedLeases &+ unknownLeases }

    /// `nil`: nothing was leased.
    public var leasesPerConnection: Double? { connections == 0 ? nil : Double(leases) / Double(connections) }
}
