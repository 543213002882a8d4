// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

/// Turns the records of a trace into what each socket did: calls, bytes and times, and the leases that were given on it.
///
/// Far less than `Correlator`, and several times as fast: it knows no rules, and joins a lease to a socket only by what the
/// probes found. The records must be ordered by time. Memory is a line for each socket, and histograms for the open ones.
public struct TrafficLedger: Sendable {
    /// Sockets that have histograms at one time, for receives, sends and leases: 1 KiB each as a rule, 8 KiB at the most.
    public static let timedLimit = 16_384
    /// Sockets that are told apart.
    public static let limit = 1 << 20
    /// A call that the close interrupts returns after it, so that the last sockets to close are kept a while.
    static let closedLimit = 256

    /// Records of sockets beyond those that are told apart.
    public internal(set) var unlisted: UInt64 = 0
    /// Sockets whose times were not counted, as too many others were open.
    public internal(set) var untimed: UInt64 = 0
    /// Leases of which no socket is known.
    public internal(set) var unjoinedLeases: UInt64 = 0
    /// Two clocks at one moment; `nil`: the trace has none.
    public internal(set) var wallClock: WallClock?

    /// In nanoseconds; `.max`: not known.
    private var endedAt: UInt64 = .max
    var losses = LossLedger()
    var sockets = SlotMap<UInt64, TrafficState>()
    var leases = SlotMap<LeaseKey, TrafficLease>()
    var sums = SumLedger()
    var adapterOfPoint = SlotMap<UInt32, UInt32>()
    var adapters: [UInt32] = []
    var ended: [SocketTraffic] = []
    var entered: UInt64 = 0
    /// The sockets that closed last, oldest first.
    var closed: [(slot: Int32, number: UInt64)] = []

    /// Makes an empty ledger.
    public init() {}

    /// Takes what the trace says about itself, before its records.
    public mutating func consume(_ metadata: TraceMetadata) {
        switch metadata {
        case .plan(let plan): take(plan)
        case .end(let end): endedAt = end.endedAt.nanoseconds
        case .process, .symbols: break
        }
    }

    private mutating func take(_ plan: ProbePlan) {
        for point in plan.points where adapterOfPoint.slot(point.id) == nil {
            adapterOfPoint.insert(point.id, point.adapterID)
            if !adapters.contains(point.adapterID) { adapters.append(point.adapterID) }
        }
    }

    /// While the probes go, one after the other, an acquire may be seen whose release no longer is.
    private func isLate(_ header: ps_header) -> Bool {
        header.timestamp_ns > endedAt && header.kind < RecordKind.censusSocket.rawValue
    }

    /// Takes the next record.
    public mutating func consume(_ record: RecordView) {
        if isLate(record.header) { return }
        switch RecordKind(rawValue: record.kind) {
        case .socketIO: take(record.load(as: ps_socket_io.self))
        case .poolAcquireEnd: take(record.load(as: ps_pool_acquire_end.self))
        case .poolRelease:
            let release = record.load(as: ps_pool_release.self)
            endLease(release.connection, release.point_id, at: release.header.timestamp_ns)
        case .poolAcquireBegin: break
        default: consume(record.record)
        }
    }

    /// Takes the next record.
    public mutating func consume(_ record: TraceRecord) {
        if isLate(record.header) { return }
        switch record {
        case .socketIO(let record): take(record)
        case .socketSum(let record): take(record)
        case .socketOpen(let record): take(record)
        case .socketConnect(let record): take(record)
        case .socketAccept(let record): take(record)
        case .socketState(let record): take(record)
        case .socketClose(let record): take(record)
        case .unixAddress(let record): take(record)
        case .censusSocket(let record): take(record)
        case .poolAcquireEnd(let record): take(record)
        case .poolRelease(let record): endLease(record.connection, record.point_id, at: record.header.timestamp_ns)
        case .poolConnectionClose(let record):
            endLease(record.connection, record.point_id, at: record.header.timestamp_ns)
        case .leaseJoin(let record): take(record)
        case .loss(let record): losses.add(record)
        case .clockPair(let record):
            if wallClock != nil { break }
            wallClock = WallClock(
                monotonic: MonotonicInstant(nanoseconds: record.header.timestamp_ns), wallNanoseconds: record.wall_ns)
        default: break
        }
    }

    /// Records that were lost.
    public var lostCount: UInt64 { losses.total }

    /// Every socket so far, in the order in which they closed, then those that are open.
    public var all: [SocketTraffic] { ended + sockets.slots.sorted().map { sockets[$0].summary } }
}
