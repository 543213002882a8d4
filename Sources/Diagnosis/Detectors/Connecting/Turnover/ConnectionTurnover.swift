// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How a pool's connections came and went. A connection is counted where its socket is known.
public struct ConnectionTurnover: Hashable, Sendable {
    /// Leases whose socket was found by walking.
    public var leases: UInt64 = 0
    /// Of them, those whose TCP state at the acquire is known.
    public var leasesOfKnownState: UInt64 = 0
    /// Connections that were opened during the trace and leased.
    public var opened: UInt64 = 0
    /// Of them, those closed by this process, without the peer having closed and without an error of the lease.
    public var closed: UInt64 = 0
    /// Connections that were opened after one of those had been closed, each close counted once.
    public var redialled: UInt64 = 0
    /// The different times of that: between two, connections were closed.
    public var redialMoments: UInt64 = 0
    /// Connections that this process closed right after their last lease: there was no room among the idle ones.
    public var closedAtRelease: UInt64 = 0
    public var firstClose: EventReference?
    public var lastClose: EventReference?

    public init() {}
}
