// SPDX-License-Identifier: Apache-2.0
public import TraceModel
import CTraceRecords

/// Turns the records of a trace into sockets, leases and waits, one record at a time.
///
/// Pure: time comes with the records, which must be ordered by timestamp. A trace may start in the middle of a lease and
/// end without notice. Memory is bounded by what is alive at one time, not by the length of the trace. `analysis()` can
/// be taken at any moment, which is what a live view does.
///
/// It is some KiB large. What each record calls changes it in place: a method that does not, called from one that does,
/// is called on a copy of it, and a whole `SocketState` or `LeaseState` as an argument is one too. Pass slots.
public struct Correlator: Sendable {
    let thresholds: Thresholds
    let floors: ThresholdFloors
    /// Ended leases and failed acquires are kept one by one for `takeEndedLeases()` and `takeFailedAcquires()`, to be
    /// called often.
    let keepsEndedLeases: Bool
    var foreseesLostLeases = false
    /// When an acquire last ended of which neither the beginning nor the connection is known; 0: never.
    var unknownAcquireEnd: UInt64 = 0
    var isFinished = false
    var process: ProcessFacts?
    var plan: ProbePlan?
    var end: TraceEnd?
    /// In nanoseconds; `.max`: not known.
    private var endedAt: UInt64 = .max
    var points: [UInt32: PlanPoint] = [:]
    /// The same, without what a look-up for each record would copy.
    var adapterOfPoint = SlotMap<UInt32, UInt32>()
    /// No probe tells when a socket closes: its last descriptor does.
    var isSocketCloseTraced = true
    /// The probe that tells is at close(2), and does not see every end.
    var isSocketCloseByCall = false
    var unreferred: [UnreferredSocket] = []

    var sockets = SocketLedger()
    var leases = LeaseLedger()
    var endpoints = EndpointLedger()
    var connects = ConnectLedger()
    var startUps = StartUpLedger()
    var births = BirthLedger()
    var nameServers = NameServerLedger()
    var stacks = StackTable()
    var pools: [PoolState] = []
    var poolIndex = SlotTable<PoolID>()
    var connections = ConnectionLedger()
    var endedLeases = EndedLeaseQueue()
    var failedAcquires: [FailedAcquire] = []
    var pending = PendingLedger()
    /// Adapters that have had a record.
    var adapters: [UInt32] = []
    /// Local ports on which the process listens: from listen(2) and from the census.
    var listeningPorts: Set<UInt16> = []

    var counts = [UInt64](repeating: 0, count: 64)
    var firstAt: UInt64?
    var now: UInt64 = 0
    var wallClock: WallClock?
    var losses = LossLedger()
    var stale = StaleLedger()
    var connectTimes = ConnectTimeLedger()
    var walks: SerialWalkLedger
    var roundTrips = RoundTripLedger()
    var responses: ResponseLedger
    var streams = StreamLedger()
    var stalls = StallLedger()
    var activity = ActivityLog()
    var backlogs = BacklogLedger()
    var sendBlocks = SendBlockLedger()
    var sums = SumLedger()
    /// All calls come in sums from here on.
    var isAllSummed = false
    /// What `foresee` was told is lost.
    var foreseenLosses = LossLedger()
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
    var processExit: EventMark?
    var forks = ForkLedger()
    var newProgram: NewProgram?
    var irregularities = Irregularities()

    /// - Parameter thresholds: The floors below which waits, holds and CLOSE_WAIT spans are not kept one by one.
    /// - Parameter keepsEndedLeases: Hands out ended leases too, by `takeEndedLeases()`, and failed acquires.
    public init(thresholds: Thresholds = Thresholds(), keepsEndedLeases: Bool = false) {
        self.thresholds = thresholds
        floors = ThresholdFloors(thresholds)
        self.keepsEndedLeases = keepsEndedLeases
        datagrams = DatagramLedger(least: thresholds.udpTimeoutRequests)
        walks = SerialWalkLedger(least: thresholds.serialWalkTrips)
        responses = ResponseLedger(
            ratio: thresholds.latencyJitterRatio, floor: floors.latencyJitter)
        backlogFloor = max(1, thresholds.receiveBacklogDwell.clampedNanoseconds)
    }

    /// Takes what the trace says about itself. The plan must come before the records that it explains, and the end, where
    /// it is known, before the records that are later than it; symbols may come at any time.
    public mutating func consume(_ metadata: TraceMetadata) {
        switch metadata {
        case .process(let facts): process = facts
        case .plan(let plan): take(plan)
        case .symbols(let symbols): stacks.add(symbols)
        case .end(let end):
            self.end = end
            endedAt = end.endedAt.nanoseconds
        }
    }

    private mutating func take(_ plan: ProbePlan) {
        self.plan = plan
        points = Dictionary(plan.points.map { ($0.id, $0) }) { first, _ in first }
        stacks.libraries = plan.libraries ?? []
        adapterOfPoint = SlotMap()
        for (id, point) in points { adapterOfPoint.insert(id, point.adapterID) }
        let closes = plan.kernelProbes.filter { $0.delivers(.socketClose) }
        isSocketCloseTraced = !closes.isEmpty
        isSocketCloseByCall = closes.contains { $0.mechanism == "tracepoint" }
    }

    /// Takes the next record.
    ///
    /// - Parameter ordinal: Its place in the trace, counted from 0; findings refer to it.
    public mutating func consume(_ record: TraceRecord, ordinal: UInt64) {
        if enter(record.header) { take(record, ordinal) }
    }

    /// The same, of a record where it stands. The kinds that nearly all records are of are not copied on the way.
    public mutating func consume(_ record: RecordView, ordinal: UInt64) {
        guard enter(record.header) else { return }
        switch RecordKind(rawValue: record.kind) {
        case .socketIO: take(record.load(as: ps_socket_io.self), ordinal)
        case .poolAcquireBegin: take(record.load(as: ps_pool_acquire_begin.self), ordinal)
        case .poolAcquireEnd: take(record.load(as: ps_pool_acquire_end.self), ordinal)
        case .poolRelease: take(record.load(as: ps_pool_release.self), ordinal)
        default: take(record.record, ordinal)
        }
    }

    private mutating func take(_ record: TraceRecord, _ ordinal: UInt64) {
        switch record {
        case .socketIO(let record): take(record, ordinal)
        case .socketOpen(let record): take(record, ordinal)
        case .socketConnect(let record): take(record, ordinal)
        case .socketAccept(let record): take(record, ordinal)
        case .socketState(let record): take(record, ordinal)
        case .socketClose(let record): take(record, ordinal)
        case .descriptorOpen(let record): take(record)
        case .descriptorClose(let record): take(record, ordinal)
        case .unixAddress(let record): take(record)
        case .taskExit(let record): take(record, ordinal)
        case .taskFork(let record): take(record, ordinal)
        case .taskExec(let record): take(record, ordinal)
        case .socketListen(let record): take(record)
        // For 'poolscope show': the local address comes with other records, and the state with socket_state.
        case .socketBind, .socketShutdown: break
        case .socketOption(let record): take(record)
        case .dnsMessage(let record): take(record, ordinal)
        case .socketSum(let record): take(record, ordinal)
        case .datagramPeer(let record): take(record, ordinal)
        case .detailChange(let record): take(record, ordinal)
        case .socketReset(let record): take(record, ordinal)
        case .datagramDrop(let record): take(record, ordinal)
        case .socketRetransmit(let record): take(record, ordinal)
        case .poolAcquireBegin(let record): take(record, ordinal)
        case .poolAcquireEnd(let record): take(record, ordinal)
        case .poolRelease(let record): take(record, ordinal)
        case .poolConnectionClose(let record): take(record, ordinal)
        case .nameLookup(let record): take(record, ordinal)
        case .tlsHandshake(let record): take(record, ordinal)
        case .deadline(let record): take(record)
        case .censusSocket(let record): take(record, ordinal)
        case .censusEnd(let record): take(record, ordinal)
        case .holderState(let record): take(record, ordinal)
        case .poolState(let record): take(record, ordinal)
        case .leaseJoin(let record): take(record)
        case .clockPair(let record): take(record)
        case .loss(let record): take(record)
        case .stack(let record): take(record)
        }
    }

    /// Moves the clock forward where no record has come: what has not happened is known until then. For live views, on a
    /// copy: what comes next may be earlier.
    public mutating func advance(to moment: MonotonicInstant) { now = max(now, moment.nanoseconds) }

    /// Closes the books at the last moment of the trace. Records after it are not expected.
    public mutating func finish() {
        now = max(now, end?.endedAt.nanoseconds ?? 0)
        closeUnreferred(before: now)
        for index in pools.indices { pools[index].advance(to: now) }
        isFinished = true
    }

    /// Counts the record and moves the clock. Stacks and losses do not: their time is when they were read or noticed.
    ///
    /// - Returns: `false`: the record comes too late to be taken.
    private mutating func enter(_ header: ps_header) -> Bool {
        // While the probes go, one after the other, an acquire may be seen whose release no longer is.
        if header.timestamp_ns > endedAt, header.kind < RecordKind.censusSocket.rawValue { return false }
        if Int(header.kind) < counts.count { counts[Int(header.kind)] &+= 1 }
        if header.kind == RecordKind.stack.rawValue || header.kind == RecordKind.loss.rawValue { return true }
        if firstAt == nil { firstAt = header.timestamp_ns }
        if header.timestamp_ns < now { irregularities.outOfOrder &+= 1 }
        now = max(now, header.timestamp_ns)
        if header.thread_id != 0, header.kind < RecordKind.censusSocket.rawValue {
            activity.note(header.timestamp_ns)
        }
        return true
    }

    /// From `start` to `end`; zero, and counted, when `end` is earlier.
    mutating func elapsed(from start: UInt64, to end: UInt64) -> UInt64 {
        if end < start {
            irregularities.negativeIntervals &+= 1
            return 0
        }
        return end - start
    }
}
