// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All measurements, by concrete type: a call to one is a direct call.
struct Detectors: Sendable {
    var failedAcquires: [FailedAcquire] = []
    var stale = StaleLedger()
    var connectTimes = ConnectTimeLedger()
    var afterCloses = UseAfterCloseLedger()

    var aggregatedCalls = AggregatedCalls()
    var blockedReader: BlockedReader
    var childProcesses = ChildProcesses()
    var closeWait = CloseWait()
    var connectFailures: ConnectFailures
    var datagramPeers = DatagramPeers()
    var descriptorExhaustion = DescriptorExhaustion()
    var halfOpen = HalfOpen()
    var idleKilled: IdleKilled
    var latencyJitter: LatencyJitter
    var massClose = MassClose()
    var nameServers = NameServers()
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
    var timeWait = TimeWait()
    var tlsHandshake: TLSHandshake
    var udpDrop = UDPDrop()
    var udpTimeout: UDPTimeout

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        blockedReader = BlockedReader(thresholds)
        connectFailures = ConnectFailures(thresholds)
        idleKilled = IdleKilled(floors)
        latencyJitter = LatencyJitter(thresholds, floors)
        receiveBacklog = ReceiveBacklogMeter(thresholds)
        receiveJitter = ReceiveJitter(thresholds, floors)
        sequentialRoundTrips = SequentialRoundTrips(thresholds)
        tlsHandshake = TLSHandshake(thresholds)
        udpTimeout = UDPTimeout(thresholds)
    }
}
