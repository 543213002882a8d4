// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All detectors: the measurements, by concrete type, so that a call to one is a direct call; their results; the rules.
struct Detectors: Sendable {
    var acquireFailures = AcquireFailures()
    var aggregatedCalls = AggregatedCalls()
    var blockedReader: BlockedReader
    var childProcesses = ChildProcesses()
    var closeWait = CloseWait()
    var connectFailures: ConnectFailures
    var connectTimes = ConnectTimeLedger()
    var datagramPeers = DatagramPeers()
    var descriptorExhaustion = DescriptorExhaustion()
    var halfOpen = HalfOpen()
    var idleKilled: IdleKilled
    var latencyJitter: LatencyJitter
    var leaseTime = LeaseTimeMeter()
    var lifetimeHerd: LifetimeHerd
    var lookupsInAcquire = LookupsInAcquire()
    var massClose = MassClose()
    var nameServers = NameServers()
    var poolCounters = PoolCounters()
    var poolWaiting: PoolWaiting
    var prematureTimeout = PrematureTimeout()
    var receiveBacklog: ReceiveBacklogMeter
    var receiveJitter: ReceiveJitter
    var rejectedConnections = RejectedConnections()
    var requestTimeouts = RequestTimeouts()
    var retransmits = Retransmits()
    var sequentialRoundTrips: SequentialRoundTrips
    var setupTimes = SetupTimes()
    var silentStall = SilentStall()
    var socketLeak = SocketLeak()
    var staleBorrow = StaleBorrowMeter()
    var timeWait = TimeWait()
    var tlsHandshake: TLSHandshake
    var turnover = Turnover()
    var udpDrop = UDPDrop()
    var udpTimeout: UDPTimeout
    var useAfterClose = UseAfterCloseMeter()

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        blockedReader = BlockedReader(thresholds)
        connectFailures = ConnectFailures(thresholds)
        idleKilled = IdleKilled(floors)
        latencyJitter = LatencyJitter(thresholds, floors)
        lifetimeHerd = LifetimeHerd(thresholds)
        poolWaiting = PoolWaiting(floors)
        receiveBacklog = ReceiveBacklogMeter(thresholds)
        receiveJitter = ReceiveJitter(thresholds, floors)
        sequentialRoundTrips = SequentialRoundTrips(thresholds)
        tlsHandshake = TLSHandshake(thresholds)
        udpTimeout = UDPTimeout(thresholds)
    }

    /// - Parameter leases: those of the pool that are open.
    func addResults(to summary: inout PoolSummary, pool: Int32, leases: [Int32], _ core: Core) {
        acquireFailures.addResult(to: &summary, pool: pool, core)
        leaseTime.addResult(to: &summary, pool: pool, core)
        lookupsInAcquire.addResult(to: &summary, pool: pool)
        poolCounters.addResult(to: &summary, pool: pool, core)
        poolWaiting.addResult(to: &summary, pool: pool, leases: leases, core)
        turnover.addResult(to: &summary, pool: pool)
    }

    /// What the rules of their folders read.
    func results(_ core: Core) -> DetectorResults {
        var results = DetectorResults()
        results.add(lifetimeHerd, core)
        results.add(rejectedConnections, core)
        results.add(sequentialRoundTrips, core)
        results.add(silentStall, core)
        results.add(udpDrop, core)
        results.add(udpTimeout, core)
        results.add(useAfterClose, core)
        return results
    }

    /// In the order in which reports list them.
    static let rules: [any Rule] = [
        LeaseLeakRule(), PoolExhaustedRule(), PoolWaitRule(), IdleHoldRule(), CloseWaitRule(),
        StaleBorrowRule(), LeaseHogRule(), NoReuseRule(), PoolSplitRule(), EndpointSkewRule(), IdleChurnRule(),
        SlowConnectRule(), SerialWalkRule(), ReceiveBacklogRule(),
        ConnectFailingRule(), ReconnectStormRule(), SocketLeakRule(), FdExhaustionRule(), HalfOpenRule(),
        UDPDropRule(), MassInvalidationRule(), IdleKilledRule(), PrematureTimeoutRule(), RetransmitsRule(),
        LatencyJitterRule(), RecvJitterRule(),
        SilentStallRule(), BlockedReaderRule(),
        TLSHandshakeFailingRule(),
        UseAfterCloseRule(), UDPTimeoutRule(),
        DNSInAcquireRule(), TimeWaitPileupRule(), LifetimeHerdRule(),
    ]
}
