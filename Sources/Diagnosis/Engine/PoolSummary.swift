// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// One pool over the whole trace.
public struct PoolSummary: Sendable {
    public var id: PoolID
    /// The library and the number of the pool in the process: `database/sql #1`.
    public var name: String
    public var acquires: UInt64 = 0
    /// Acquires that ended with an error instead of a connection.
    public var failures: UInt64 = 0
    /// The same by type of error, the most frequent first.
    public var failuresByError: [FailedAcquires] = []
    /// From the request to the error, of all of them.
    public var failureWaits = DurationStatistics()
    /// Acquires in the busiest second.
    public var peakAcquiresPerSecond: UInt64 = 0
    public var openLeases: UInt64 = 0
    public var peakInUse: UInt64 = 0
    /// Of the leases that ended.
    public var endings = LeaseEndings()
    public var reuse = ConnectionReuse()
    /// Completed leases.
    public var holds = DurationStatistics()
    /// Of the completed leases, wait and hold by part.
    public var time = LeaseTime()
    /// The same by acquiring call site, the most time first.
    public var callSiteTimes: [CallSiteTime] = []
    /// Acquires, ended or not, that did not dial a connection themselves.
    public var waits = DurationStatistics()
    /// Acquires that dialled: their time is the connect's, not the queue's.
    public var dials = DurationStatistics()
    /// Waits of at least `pool-wait.counted`, ended or not.
    public var countedWaits: UInt64 = 0
    /// The same in the busiest second.
    public var peakWaitsPerSecond: UInt64 = 0
    /// The most such waits at one time.
    public var peakQueue: UInt64 = 0
    /// Those during which the pool was full; `nil`: its maximum is not known. None where it has none.
    public var fullWaits: FullWaits?
    /// The others that were longer than `pool-wait.p99`, without those that got a connection which nobody had leased in the
    /// trace before: it was made meanwhile.
    public var slowWaitsWithRoom: UInt64 = 0
    /// Acquires that had not ended when the trace did.
    public var stillWaiting: UInt64 = 0
    public var firstWait: EventReference?
    public var lastWait: EventReference?
    /// The longest wait.
    public var longestWait: EventReference?
    /// In the order in which they ended; those that did not end are last. The longer ones, when there are too many.
    public var listedWaits: [Wait] = []
    /// Ascending by connections in use.
    public var contention: [Contention] = []
    public var sites: [SiteSummary] = []
    public var audit: PoolAudit?
    /// The least difference, over all audits, between the connections in use by the pool's own count and the leases of
    /// the trace: leased before the probes were armed and not returned since. `nil`: no audit.
    public var leasedBeforeTrace: UInt64?
    /// Releases without a lease: acquired before the probes were armed, or the acquire's record was lost.
    public var releasesWithoutLease: UInt64 = 0
    /// Leases that must have ended, as their connection was leased again, although no release is in the trace.
    public var missedReleases: UInt64 = 0
    /// Of the releases without a lease, those of connections that were free in the trace: their acquires were missed.
    public var missedAcquires: UInt64 = 0
    /// The pool's own counters against leases and sockets.
    public var reconciliation = PoolReconciliation()
    /// Acquires whose end is not in the trace although the same holder asked again.
    public var missedAcquireEnds: UInt64 = 0
    /// The endpoints of its connections, most used first.
    public var endpoints: [Endpoint] = []
    /// How often, for ended leases whose socket is known, most used first.
    public var endpointUses: [EndpointUse] = []
    public var turnover = ConnectionTurnover()
    public var lookups = AcquireLookups()
    /// By call site, the longest time first.
    public var blames: [Blame] = []
    /// The first completed leases whose request is in the trace, in the order of the requests: at most 32,768.
    public var recordedLeases: [RecordedLease] = []
    /// Later ones.
    public var unrecordedLeases: UInt64 = 0

    public init(id: PoolID, name: String) {
        self.id = id
        self.name = name
    }
}
