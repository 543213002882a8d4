// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What one socket did in a trace: its receives and sends, and the leases that were given on it.
public struct SocketTraffic: Hashable, Sendable {
    public var id: SocketID
    /// AF_INET 2, AF_INET6 10, AF_UNIX 1; 0: not known.
    public var family: UInt16 = 0
    /// IPPROTO_TCP 6, IPPROTO_UDP 17; 0 of AF_UNIX, or not known.
    public var protocolNumber: UInt16 = 0
    public var local: Endpoint?
    public var remote: Endpoint?
    /// It came of accept(2).
    public var isAccepted = false
    public var firstSeen: MonotonicInstant
    public var lastSeen: MonotonicInstant
    /// `nil`: it was open when the trace ended, or nothing recorded its end.
    public var closedAt: MonotonicInstant?
    public var receives = CallTraffic()
    public var sends = CallTraffic()
    /// Leases of which the acquire is in the trace.
    public var leases: UInt64 = 0
    /// Of them, those of which no end is.
    public var openLeases: UInt64 = 0
    /// How long the others were held.
    public var holds = DurationStatistics()

    public init(id: SocketID, firstSeen: MonotonicInstant) {
        self.id = id
        self.firstSeen = firstSeen
        lastSeen = firstSeen
    }

    /// Where it leads: the peer's address, or of an accepting or unconnected one its own.
    public var endpoint: Endpoint? { remote ?? local }
}
