// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All measurements, by concrete type: a call to one is a direct call.
struct Detectors: Sendable {
    var failedAcquires: [FailedAcquire] = []
    var connects = ConnectLedger()
    var startUps = StartUpLedger()
    var nameServers = NameServerLedger()
    var stale = StaleLedger()
    var connectTimes = ConnectTimeLedger()
    var responses: ResponseLedger
    var sums = SumLedger()
    var handshakes = HandshakeLedger()
    var closeWaits: [CloseWaitSpan] = []
    var unlistedCloseWaits: UInt64 = 0
    var halfOpens: [HalfOpenSpan] = []
    var unlistedHalfOpens: UInt64 = 0
    var closures = ClosureLedger()
    var afterCloses = UseAfterCloseLedger()
    var survivals: [Endpoint: SurvivalState] = [:]
    var answeredFarewells: [AnsweredFarewell] = []

    var blockedReader: BlockedReader
    var childProcesses = ChildProcesses()
    var datagramPeers = DatagramPeers()
    var descriptorExhaustion = DescriptorExhaustion()
    var prematureTimeout = PrematureTimeout()
    var receiveBacklog: ReceiveBacklogMeter
    var receiveJitter: ReceiveJitter
    var requestTimeouts = RequestTimeouts()
    var sequentialRoundTrips: SequentialRoundTrips
    var silentStall = SilentStall()
    var timeWait = TimeWait()
    var udpDrop = UDPDrop()
    var udpTimeout: UDPTimeout

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        responses = ResponseLedger(ratio: thresholds[LatencyJitterRule.ratio], floor: floors.latencyJitter)
        blockedReader = BlockedReader(thresholds)
        receiveBacklog = ReceiveBacklogMeter(thresholds)
        receiveJitter = ReceiveJitter(thresholds, floors)
        sequentialRoundTrips = SequentialRoundTrips(thresholds)
        udpTimeout = UDPTimeout(thresholds)
    }
}
