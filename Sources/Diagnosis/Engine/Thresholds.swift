// SPDX-License-Identifier: Apache-2.0

/// Where the rules draw their lines. The defaults, and why, are in docs/rules/.
public struct Thresholds: Sendable, Equatable {
    /// `lease-leak`: the least age, and silence, of a leaked lease.
    public var leaseLeakAge: Duration = .seconds(5)
    /// `lease-leak`: the least age as a multiple of the pool's p99 hold.
    public var leaseLeakHoldFactor: Double = 20
    /// `lease-leak`: completed holds that a p99 needs; below, the longest hold stands for it.
    public var leaseLeakHoldSamples: UInt64 = 20
    /// `lease-leak`: how long the socket must be silent when the holder has ended. Not zero: a release may be under way
    /// in another goroutine, as in `database/sql`, where cancelling a transaction's context releases it.
    public var leaseLeakEndedSilence: Duration = .seconds(1)

    /// `pool-wait`: p99 of the waits.
    public var poolWaitP99: Duration = .milliseconds(50)
    /// `pool-wait`: waits in the busiest second.
    public var poolWaitRate: UInt64 = 50
    /// `pool-wait`: waiters at one time.
    public var poolWaitQueue: UInt64 = 5
    /// `pool-wait`: waits longer than its p99 may be that make a habit.
    public var poolWaitWaits: UInt64 = 2
    /// `pool-wait`: an acquire that takes at least this long has waited.
    public var poolWaitCounted: Duration = .milliseconds(1)

    /// `idle-hold`: leases shorter than this are not looked at.
    public var idleHoldFloor: Duration = .milliseconds(100)
    /// `idle-hold`: the least share of the hold that the socket must be in use.
    public var idleHoldShare: Double = 0.2
    /// `idle-hold`: leases of one acquiring stack that make a habit.
    public var idleHoldLeases: UInt64 = 3

    /// `close-wait`: how long a socket may stay in CLOSE_WAIT.
    public var closeWaitAge: Duration = .seconds(10)

    /// `stale-borrow`: a peer that closed so shortly before the acquire closed at the same time.
    public var staleBorrowGrace: Duration = .milliseconds(10)

    /// `use-after-close`: leases of one pool.
    public var useAfterCloseLeases: UInt64 = 1

    /// `lease-hog`: the share of all holds that one call site has.
    public var leaseHogShare: Double = 0.5
    /// `lease-hog`: its mean hold as a multiple of that of the other call sites.
    public var leaseHogRatio: Double = 5
    /// `lease-hog`: how long others waited while it held connections.
    public var leaseHogWaited: Duration = .seconds(1)

    /// `no-reuse`: leases per connection.
    public var noReuseRatio: Double = 2
    /// `no-reuse`: leases that make a habit.
    public var noReuseLeases: UInt64 = 20
    /// `no-reuse`, `idle-churn`: so often connections were closed and others dialled after them, at different times.
    public var noReuseMoments: UInt64 = 3

    /// `idle-churn`: connections closed at their release, per minute.
    public var idleChurnRate: Double = 10
    /// `idle-churn`: such closes that make a habit, however short the trace.
    public var idleChurnCloses: UInt64 = 10

    /// `pool-split`: pools of one library to one endpoint, one of which waits.
    public var poolSplitPools: UInt64 = 2
    /// `pool-split`: so many are made by accident, whether one waits or not.
    public var poolSplitMany: UInt64 = 8

    /// `endpoint-skew`: endpoints of one pool.
    public var endpointSkewEndpoints: UInt64 = 3
    /// `endpoint-skew`: leases of the pool.
    public var endpointSkewLeases: UInt64 = 100
    /// `endpoint-skew`: standard deviation over mean of the leases by endpoint.
    public var endpointSkewDeviation: Double = 0.8
    /// `endpoint-skew`: one endpoint's leases as a multiple of its fair share.
    public var endpointSkewShare: Double = 3

    /// `slow-connect`: from SYN to the answer.
    public var slowConnectTCP: Duration = .milliseconds(500)
    /// `slow-connect`: the look-up of the host's name.
    public var slowConnectDNS: Duration = .milliseconds(300)
    /// `slow-connect`: a TLS handshake.
    public var slowConnectTLS: Duration = .milliseconds(800)
    /// `slow-connect`: from there to the first lease.
    public var slowConnectStartUp: Duration = .seconds(1)
    /// `slow-connect`: so slow connections to one endpoint.
    public var slowConnectCount: UInt64 = 3

    /// `serial-walk`: round trips in a row.
    public var serialWalkTrips: UInt64 = 50
    /// `serial-walk`: what doing them at once would save.
    public var serialWalkSaved: Duration = .milliseconds(100)

    /// `receive-backlog`: how long data must wait in the socket for its receive to be late.
    public var receiveBacklogDwell: Duration = .milliseconds(20)
    /// `receive-backlog`: share of an endpoint's receives that are late.
    public var receiveBacklogShare: Double = 0.01
    /// `receive-backlog`: and so many of them.
    public var receiveBacklogReceives: UInt64 = 5

    /// `connect-failing`: failures at one endpoint, or ports of one address that fail.
    public var connectFailingFailures: UInt64 = 3

    /// `reconnect-storm`: retries in a second, above which it is busy.
    public var reconnectStormRate: UInt64 = 10
    /// `reconnect-storm`: busy seconds that make a storm; a burst after a server's failure has one or two.
    public var reconnectStormSeconds: UInt64 = 3
    /// `reconnect-storm`: variation of the intervals, below which there is neither backoff nor jitter.
    public var reconnectStormVariation: Double = 0.1
    /// `reconnect-storm`: regular retries that make a habit.
    public var reconnectStormRetries: UInt64 = 5
    /// `reconnect-storm`: the longest mean interval at which regularity matters.
    public var reconnectStormInterval: Duration = .seconds(1)

    /// `socket-leak`: how long a socket must be silent at the end.
    public var socketLeakIdle: Duration = .seconds(5)
    /// `socket-leak`: the same of accepted ones, which are the peers' to use.
    public var socketLeakAcceptedIdle: Duration = .seconds(120)
    /// `socket-leak`: such sockets of one origin.
    public var socketLeakSockets: UInt64 = 8

    /// `fd-exhaustion`: share of RLIMIT_NOFILE in use.
    public var fdExhaustionShare: Double = 0.8

    /// `blocked-reader`: how long a read waits.
    public var blockedReaderAge: Duration = .seconds(30)
    /// `blocked-reader`: such reads at one endpoint.
    public var blockedReaderReads: UInt64 = 3

    /// `half-open`: timer expiries in a row without an acknowledgement.
    public var halfOpenTimeouts: UInt64 = 3
    /// `half-open`: or at least two of them in so long a time.
    public var halfOpenTime: Duration = .seconds(5)

    /// `udp-drop`: datagrams that a socket lost.
    public var udpDropDatagrams: UInt64 = 1

    /// `udp-timeout`: share of the requests in a window of 30 s that are not answered.
    public var udpTimeoutShare: Double = 0.15
    /// `udp-timeout`: requests in such a window.
    public var udpTimeoutRequests: UInt64 = 20
    /// `udp-timeout`: how long a request is waited for at least.
    public var udpTimeoutWait: Duration = .milliseconds(100)

    /// `mass-invalidation`: share of an endpoint's connections that the peer ends.
    public var massInvalidationShare: Double = 0.5
    /// `mass-invalidation`: and so many.
    public var massInvalidationConnections: UInt64 = 5
    /// `mass-invalidation`: within this time; younger connections do not count.
    public var massInvalidationWindow: Duration = .seconds(2)

    /// `idle-killed`: silence of at least this is idle.
    public var idleKilledIdle: Duration = .seconds(1)
    /// `idle-killed`: connections to one endpoint found dead.
    public var idleKilledFailures: UInt64 = 3

    /// `premature-timeout`: how long after the close the answer comes.
    public var prematureTimeoutLate: Duration = .milliseconds(50)
    /// `premature-timeout`: how long the request was waited for; a farewell is not.
    public var prematureTimeoutWait: Duration = .milliseconds(20)
    /// `premature-timeout`: such closes at one endpoint.
    public var prematureTimeoutAnswers: UInt64 = 3

    /// `silent-stall`: how long nobody is answered.
    public var silentStallWait: Duration = .milliseconds(200)
    /// `silent-stall`: and against the p99 of the endpoint's round trips.
    public var silentStallFactor: Double = 5
    /// `silent-stall`: round trips that a p99 needs.
    public var silentStallRoundTrips: UInt64 = 100
    /// `silent-stall`: connections that wait at one time.
    public var silentStallConnections: UInt64 = 2

    /// `retransmits`: share of the data segments that are sent again.
    public var retransmitsShare: Double = 0.01
    /// `retransmits`: and so many of them.
    public var retransmitsSegments: UInt64 = 20

    /// `latency-jitter`: p99 over p50 of like requests.
    public var latencyJitterRatio: Double = 10
    /// `latency-jitter`: the least p99, and the least time of a late answer.
    public var latencyJitterFloor: Duration = .milliseconds(30)
    /// `latency-jitter`: round trips of like requests that a p99 needs.
    public var latencyJitterSamples: UInt64 = 100
    /// `latency-jitter`: late answers that make a habit.
    public var latencyJitterLate: UInt64 = 5

    /// `recv-jitter`: jitter and deviation of the gaps, as multiples of those of the stream while it was even.
    public var recvJitterRatio: Double = 3
    /// `recv-jitter`: the least jitter and deviation that matter.
    public var recvJitterFloor: Duration = .milliseconds(10)
    /// `recv-jitter`: uneven gaps of 50 in a row.
    public var recvJitterGaps: UInt64 = 20

    /// `tls-handshake-failing`: handshakes with one endpoint that failed or hung.
    public var tlsHandshakeFailures: UInt64 = 1
    /// `tls-handshake-failing`: a handshake that takes at least this long hangs.
    public var tlsHandshakeHang: Duration = .seconds(5)

    /// `dns-in-acquire`: share of the time of acquires that is look-up.
    public var dnsInAcquireShare: Double = 0.1
    /// `dns-in-acquire`: a look-up of at least this is slow.
    public var dnsInAcquireLookup: Duration = .milliseconds(50)
    /// `dns-in-acquire`: slow look-ups that make a habit.
    public var dnsInAcquireLookups: UInt64 = 3
    /// `dns-in-acquire`: a look-up that fails after at least this was not answered; one is enough.
    public var dnsInAcquireTimeout: Duration = .seconds(1)

    /// `time-wait-pileup`: share of an endpoint's sockets.
    public var timeWaitShare: Double = 0.3
    /// `time-wait-pileup`: sockets in TIME_WAIT at one time.
    public var timeWaitSockets: UInt64 = 500
    /// `time-wait-pileup`: sockets at one time whose SYN was sent again.
    public var timeWaitConnecting: UInt64 = 8

    public init() {}
}
