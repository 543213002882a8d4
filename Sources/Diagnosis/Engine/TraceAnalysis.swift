// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a trace shows, before any rule judges it. The Correlator makes it from records; rules read nothing else.
public struct TraceAnalysis: Sendable {
    /// `nil`: the trace does not name its process.
    public var process: ProcessFacts?
    /// `nil`: the trace has no plan, so its coverage is not known.
    public var plan: ProbePlan?
    /// `nil`: the trace was cut off.
    public var end: TraceEnd?
    /// When the last probe was armed, or the first record's time.
    public var startedAt = MonotonicInstant(nanoseconds: 0)
    public var endedAt = MonotonicInstant(nanoseconds: 0)
    public var wallClock: WallClock?
    public var recordCounts: [RecordKind: UInt64] = [:]
    public var pools: [PoolSummary] = []
    /// Pools that are not among those; `nil`: none.
    public var otherPools: OtherPoolsSummary?
    /// What rules and reports do not see, as there is too much of it.
    public var cutOffs: [CutOff] = []
    /// Open at the end, the oldest first.
    public var openLeases: [LeaseSummary] = []
    /// The busiest first.
    public var endpoints: [EndpointSummary] = []
    /// In the order of the first of each.
    public var staleBorrows: [StaleBorrow] = []
    /// By endpoint.
    public var connectTimes: [ConnectTimes] = []
    /// By endpoint.
    public var roundTrips: [RoundTrips] = []
    /// By endpoint, each kind of request by itself.
    public var responses: [ResponseTimes] = []
    /// Round trips of kinds of requests beyond those listed, or a part of them.
    public var unlistedResponses: UInt64 = 0
    /// The first one first.
    public var receiveBacklogs: [ReceiveBacklog] = []
    /// Late receives of endpoints beyond those listed.
    public var unlistedBacklogs: UInt64 = 0
    /// Receives and sends that are in the trace as sums only; `nil`: none.
    public var summed: SummedTotals?
    /// The same by endpoint, the most calls first.
    public var summedCalls: [SummedCalls] = []
    /// `nil`: none.
    public var startedProcesses: StartedProcesses?
    /// `nil`: it stayed the one it was.
    public var newProgram: NewProgram?
    /// In the order of the first of each.
    public var strayDatagrams: [StrayDatagrams] = []
    /// Peers whose datagrams are stray, beyond those listed: also in `cutOffs`.
    public var unlistedStrays: UInt64 = 0
    /// How connections came into being, by endpoint and pool; the most connections first.
    public var births: [BirthSummary] = []
    /// By endpoint, also of connections that never got so far.
    public var handshakes: [HandshakeSummary] = []
    /// Handshakes with endpoints beyond those listed.
    public var unlistedHandshakes: UInt64 = 0
    /// By endpoint.
    public var pileups: [SocketPileup] = []
    /// Sockets of endpoints beyond those listed.
    public var unlistedPileups: UInt64 = 0
    /// By name, the most look-ups first.
    public var nameLookups: [NameLookupSummary] = []
    /// What was asked by wire, the busiest server first.
    public var nameServers: [NameServerSummary] = []
    /// Of sockets that are open at the end, the longest first.
    public var waitingReads: [WaitingRead] = []
    /// Waiting reads beyond those listed.
    public var unlistedWaitingReads: UInt64 = 0
    /// Reads that waited for the first byte of a connection, for half of `blocked-reader.age` at least, and then got it or
    /// were closed, by endpoint.
    public var endedFirstReads: [Endpoint: UInt64] = [:]
    public var openSockets: UInt64 = 0
    /// Attempts to connect by endpoint, the most failures first.
    public var connects: [ConnectSummary] = []
    /// Failures at endpoints beyond those listed.
    public var unlistedConnectFailures: UInt64 = 0
    /// Attempts whose end the trace cannot tell.
    public var undecidedConnects: UInt64 = 0
    public var descriptors: DescriptorUsage?
    public var closeWaits: [CloseWaitSpan] = []
    /// Spans of at least `close-wait.age` beyond those listed: also in `cutOffs`.
    public var unlistedCloseWaits: UInt64 = 0
    /// Where forgotten sockets come from, the first one first.
    public var origins: [SocketOrigin] = []
    public var descriptorPressure = DescriptorPressure()
    /// Of each endpoint the largest wave of connections that its peer ended.
    public var massClosures: [MassClosure] = []
    /// Of endpoints on which a connection was found dead.
    public var idleSurvivals: [IdleSurvival] = []
    public var lateAnswers: [LateAnswers] = []
    /// Closes with a request out of which it is not known whether an answer came: there were too many.
    public var unlistedLateAnswers: UInt64 = 0
    public var halfOpens: [HalfOpenSpan] = []
    /// Sockets that closed half open, beyond those listed.
    public var unlistedHalfOpens: UInt64 = 0
    /// Sockets whose stream became uneven, the first one first.
    public var streamJitters: [StreamJitter] = []
    /// Such sockets beyond those listed.
    public var unlistedStreamJitters: UInt64 = 0
    /// Sockets whose stream was even, and went on.
    public var judgedStreams: UInt64 = 0
    /// UDP sockets that were sent on and are not among those: with several peers or none that is
    /// known, or to endpoints beyond those listed.
    public var unpairedDatagramSockets: UInt64 = 0
    public var losses: [LossWindow] = []
    /// When the target's process exited, if it did.
    public var processExit: EventReference?
    public var irregularities = Irregularities()
    /// What only the rule of the detector reads.
    public internal(set) var results = DetectorResults()

    public init() {}

    public var duration: Duration { max(.zero, endedAt - startedAt) }

    public func pool(_ id: PoolID) -> PoolSummary? { pools.first { $0.id == id } }
}
