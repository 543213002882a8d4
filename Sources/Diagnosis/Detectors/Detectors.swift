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
    var walks: SerialWalkLedger
    var roundTrips = RoundTripLedger()
    var responses: ResponseLedger
    var streams = StreamLedger()
    var stalls = StallLedger()
    var backlogs = BacklogLedger()
    var sendBlocks = SendBlockLedger()
    var sums = SumLedger()
    var peers = PeerLedger()
    var strayDatagrams: [StrayDatagrams] = []
    var unlistedStrays: UInt64 = 0
    /// Data that waited less than this, in ns, did not wait.
    let backlogFloor: UInt64
    /// Waits for the first byte that ended, by endpoint.
    var endedReads: [Endpoint: UInt64] = [:]
    var handshakes = HandshakeLedger()
    var pileups = PileupLedger()
    var closeWaits: [CloseWaitSpan] = []
    var unlistedCloseWaits: UInt64 = 0
    var descriptorUsage: DescriptorUsage?
    var descriptorPressure = DescriptorPressure()
    var halfOpens: [HalfOpenSpan] = []
    var unlistedHalfOpens: UInt64 = 0
    var closures = ClosureLedger()
    var afterCloses = UseAfterCloseLedger()
    var survivals: [Endpoint: SurvivalState] = [:]
    var lateAnswers: [Endpoint: LateAnswers] = [:]
    var justClosed: [ClosedSocket] = []
    var answeredFarewells: [AnsweredFarewell] = []
    var datagramDrops: [DatagramDrops] = []
    var datagrams: DatagramLedger
    var unlistedDrops: UInt64 = 0
    var forks = ForkLedger()
    var newProgram: NewProgram?

    init(_ thresholds: Thresholds, _ floors: ThresholdFloors) {
        datagrams = DatagramLedger(least: thresholds.udpTimeoutRequests)
        walks = SerialWalkLedger(least: thresholds.serialWalkTrips)
        responses = ResponseLedger(ratio: thresholds.latencyJitterRatio, floor: floors.latencyJitter)
        backlogFloor = max(1, thresholds.receiveBacklogDwell.clampedNanoseconds)
    }
}
