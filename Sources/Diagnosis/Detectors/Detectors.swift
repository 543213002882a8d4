// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All measurements, by concrete type: a call to one is a direct call.
struct Detectors: Sendable {
    var connects = ConnectLedger()
    var startUps = StartUpLedger()
    var nameServers = NameServerLedger()
    var responses: ResponseLedger
    var sums = SumLedger()
    var handshakes = HandshakeLedger()
    var closeWaits: [CloseWaitSpan] = []
    var unlistedCloseWaits: UInt64 = 0
    var halfOpens: [HalfOpenSpan] = []
    var unlistedHalfOpens: UInt64 = 0
    var closures = ClosureLedger()
    var survivals: [Endpoint: SurvivalState] = [:]
    var answeredFarewells: [AnsweredFarewell] = []

    var acquireFailures = AcquireFailures()
    var blockedReader: BlockedReader
    var childProcesses = ChildProcesses()
    var connectTimes = ConnectTimeLedger()
    var datagramPeers = DatagramPeers()
    var descriptorExhaustion = DescriptorExhaustion()
    var leaseTime = LeaseTimeMeter()
    var lookupsInAcquire = LookupsInAcquire()
    var poolCounters = PoolCounters()
    var poolWaiting: PoolWaiting
    var prematureTimeout = PrematureTimeout()
    var receiveBacklog: ReceiveBacklogMeter
    var receiveJitter: ReceiveJitter
    var requestTimeouts = RequestTimeouts()
    var sequentialRoundTrips: SequentialRoundTrips
    var silentStall = SilentStall()
    var staleBorrow = StaleBorrowMeter()
    var timeWait = TimeWait()
    var turnover = Turnover()
    var udpDrop = UDPDrop()
    var udpTimeout: UDPTimeout
    var useAfterClose = UseAfterCloseMeter()

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        responses = ResponseLedger(ratio: thresholds.latencyJitterRatio, floor: floors.latencyJitter)
        blockedReader = BlockedReader(thresholds)
        poolWaiting = PoolWaiting(floors)
        receiveBacklog = ReceiveBacklogMeter(thresholds)
        receiveJitter = ReceiveJitter(thresholds, floors)
        sequentialRoundTrips = SequentialRoundTrips(thresholds)
        udpTimeout = UDPTimeout(thresholds)
    }
}
