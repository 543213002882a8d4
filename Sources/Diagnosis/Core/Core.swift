// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What exists in a trace: sockets, leases, pools, holders, the making of connections, and what the trace says of itself.
///
/// Knows no detector. It is some KiB large: detectors are lent it, and pass it on.
struct Core: Sendable {
    /// A struct that has an existential is passed by its address. Without one the compiler loads the whole of it, 1.2 KiB,
    /// for each call to a detector that is not inlined: 300 instructions an event.
    private let passedByAddress: any Sendable = ()

    /// In a box: thresholds have two hundred fields, and do not change.
    let settings: CoreSettings

    // MARK: - The trace

    var process: ProcessFacts?
    var plan: ProbePlan?
    var end: TraceEnd?
    var points: [UInt32: PlanPoint]
    /// The same, without what a look-up for each record would copy.
    var adapterOfPoint: SlotMap<UInt32, UInt32>
    var counts: [UInt64]
    var firstAt: UInt64?
    /// The time of the latest record, in ns.
    var now: UInt64
    var wallClock: WallClock?
    var isFinished: Bool
    var processExit: EventMark?
    var stacks: StackTable
    var activity: ActivityLog
    var losses: LossLedger
    /// What `foresee` was told is lost.
    var foreseenLosses: LossLedger
    var foreseesLostLeases: Bool
    var irregularities: Irregularities

    // MARK: - Sockets

    var sockets: SocketLedger
    /// No probe tells when a socket closes: its last descriptor does.
    var isSocketCloseTraced: Bool
    /// The probe that tells is at close(2), and does not see every end.
    var isSocketCloseByCall: Bool
    var unreferred: [UnreferredSocket]
    var endpoints: EndpointLedger
    /// Local ports on which a census found a listener.
    var listeningPorts: Set<UInt16>
    /// All calls come in sums from here on.
    var isAllSummed: Bool
    var births: BirthLedger
    var endpointConnections: EndpointConnections

    // MARK: - Pools and leases

    var leases: LeaseLedger
    var endedLeases: EndedLeaseQueue
    var pools: [PoolState]
    var poolIndex: SlotTable<PoolID>
    var otherPools: OtherPools
    /// Adapters that have had a record.
    var adapters: [UInt32]
    var connections: ConnectionLedger
    var pending: PendingLedger
    /// When an acquire last ended of which neither the beginning nor the connection is known; 0: never.
    var unknownAcquireEnd: UInt64
}

extension Core {
    init(thresholds: Thresholds, keepsEndedLeases: Bool) {
        self.init(
            settings: CoreSettings(thresholds, keepsEndedLeases: keepsEndedLeases), process: nil, plan: nil, end: nil,
            points: [:], adapterOfPoint: SlotMap(),
            counts: [UInt64](repeating: 0, count: 64), firstAt: nil, now: 0, wallClock: nil, isFinished: false,
            processExit: nil, stacks: StackTable(), activity: ActivityLog(), losses: LossLedger(),
            foreseenLosses: LossLedger(), foreseesLostLeases: false, irregularities: Irregularities(),
            sockets: SocketLedger(), isSocketCloseTraced: true, isSocketCloseByCall: false, unreferred: [],
            endpoints: EndpointLedger(), listeningPorts: [], isAllSummed: false, births: BirthLedger(),
            endpointConnections: EndpointConnections(),
            leases: LeaseLedger(), endedLeases: EndedLeaseQueue(), pools: [], poolIndex: SlotTable(),
            otherPools: OtherPools(), adapters: [],
            connections: ConnectionLedger(), pending: PendingLedger(), unknownAcquireEnd: 0)
    }
}

/// What the user asks for. Does not change.
final class CoreSettings: Sendable {
    let thresholds: Thresholds
    let floors: ThresholdFloors
    /// Ended leases and failed acquires are kept one by one, to be taken often.
    let keepsEndedLeases: Bool

    init(_ thresholds: Thresholds, keepsEndedLeases: Bool) {
        self.thresholds = thresholds
        floors = ThresholdFloors(thresholds)
        self.keepsEndedLeases = keepsEndedLeases
    }
}
