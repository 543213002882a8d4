// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How connections to one endpoint came into being, each in its parts. A part counts only where it is known: the rest of
/// `connections` did without it, or it could not be told.
public struct BirthSummary: Sendable {
    public var endpoint: Endpoint
    /// The pool that leased them first; `nil`: no pool did in the trace.
    public var pool: PoolID?
    /// Connected in the trace.
    public var connections: UInt64
    /// Of these, to an address in numbers or a path: there was no name to look up.
    public var withoutName: UInt64
    /// TLS handshakes that ended with an error.
    public var failedHandshakes: UInt64
    /// The look-up of the host's name.
    public var lookup: DurationStatistics
    /// From connect(2) to ESTABLISHED.
    public var connect: DurationStatistics
    /// TLS handshakes that succeeded.
    public var handshake: DurationStatistics
    /// From there to the end of the acquire that got the connection first: the driver's start-up. Only where that acquire
    /// had begun before, as the connection may have been idle else.
    public var startUp: DurationStatistics
    /// From the begin of the look-up to the end of that acquire, where all of it is known.
    public var total: DurationStatistics

    // Those of each part that took as long as `slow-connect` has for it.
    public var slowLookup = SlowBirths()
    public var slowHandshake = SlowBirths()
    public var slowStartUp = SlowBirths()

    public init(
        endpoint: Endpoint, pool: PoolID?, connections: UInt64 = 0, withoutName: UInt64 = 0,
        failedHandshakes: UInt64 = 0, lookup: DurationStatistics = .init(), connect: DurationStatistics = .init(),
        handshake: DurationStatistics = .init(), startUp: DurationStatistics = .init(),
        total: DurationStatistics = .init()
    ) {
        self.endpoint = endpoint
        self.pool = pool
        self.connections = connections
        self.withoutName = withoutName
        self.failedHandshakes = failedHandshakes
        self.lookup = lookup
        self.connect = connect
        self.handshake = handshake
        self.startUp = startUp
        self.total = total
    }
}
