// SPDX-License-Identifier: Apache-2.0
public import TraceModel
import CTraceRecords

/// Turns the records of a trace into sockets, leases and waits, one record at a time.
///
/// Pure: time comes with the records, which must be ordered by timestamp. A trace may start in the middle of a lease and
/// end without notice. Memory is bounded by what is alive at one time, not by the length of the trace. `analysis()` can
/// be taken at any moment, which is what a live view does.
///
/// The core knows what exists, the detectors what it means. Neither is copied on the way of a record.
public struct Correlator: Sendable {
    var core: Core
    var detectors: Detectors
    /// In nanoseconds; `.max`: not known.
    private var endedAt: UInt64 = .max

    /// - Parameter thresholds: The floors below which waits, holds and CLOSE_WAIT spans are not kept one by one.
    /// - Parameter keepsEndedLeases: Hands out ended leases too, by `takeEndedLeases()`, and failed acquires.
    public init(thresholds: Thresholds = Thresholds(), keepsEndedLeases: Bool = false) {
        core = Core(thresholds: thresholds, keepsEndedLeases: keepsEndedLeases)
        detectors = Detectors(thresholds, core.settings.floors)
    }

    /// All that there is now, to go another way from here: a live view closes the books of it.
    public func copy() -> Correlator { self }

    /// Takes what the trace says about itself. The plan must come before the records that it explains, and the end, where
    /// it is known, before the records that are later than it; symbols may come at any time.
    public mutating func consume(_ metadata: TraceMetadata) {
        switch metadata {
        case .process(let facts): core.process = facts
        case .plan(let plan): take(plan)
        case .symbols(let symbols): core.stacks.add(symbols)
        case .end(let end):
            core.end = end
            endedAt = end.endedAt.nanoseconds
        }
    }

    private mutating func take(_ plan: ProbePlan) {
        core.plan = plan
        core.points = Dictionary(plan.points.map { ($0.id, $0) }) { first, _ in first }
        core.stacks.libraries = plan.libraries ?? []
        core.adapterOfPoint = SlotMap()
        for (id, point) in core.points { core.adapterOfPoint.insert(id, point.adapterID) }
        let closes = plan.kernelProbes.filter { $0.delivers(.socketClose) }
        core.isSocketCloseTraced = !closes.isEmpty
        core.isSocketCloseByCall = closes.contains { $0.mechanism == "tracepoint" }
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
        case .unixAddress(let record): core.enter(record)
        case .taskExit(let record): take(record, ordinal)
        case .taskFork(let record): detectors.forked(record, ordinal)
        case .taskExec(let record): take(record, ordinal)
        case .socketListen(let record): core.noteListener(record)
        // For 'poolscope show': the local address comes with other records, and the state with socket_state.
        case .socketBind, .socketShutdown: break
        case .socketOption(let record): core.noteOption(record)
        case .dnsMessage(let record): detectors.dnsMessage(record, ordinal)
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
        case .deadline(let record): core.noteDeadline(record)
        case .censusSocket(let record): take(record, ordinal)
        case .censusEnd(let record): take(record, ordinal)
        case .holderState(let record): take(record, ordinal)
        case .poolState(let record): take(record, ordinal)
        case .leaseJoin(let record): take(record)
        case .clockPair(let record): core.noteClock(record)
        case .loss(let record): take(record)
        case .stack(let record): core.noteStack(record)
        }
    }

    /// Moves the clock forward where no record has come: what has not happened is known until then. For live views, on a
    /// copy: what comes next may be earlier.
    public mutating func advance(to moment: MonotonicInstant) { core.now = max(core.now, moment.nanoseconds) }

    /// Closes the books at the last moment of the trace. Records after it are not expected.
    public mutating func finish() {
        core.now = max(core.now, core.end?.endedAt.nanoseconds ?? 0)
        closeUnreferred(before: core.now)
        detectors.finished(core)
        core.isFinished = true
    }

    /// Counts the record and moves the clock. Stacks and losses do not: their time is when they were read or noticed.
    ///
    /// - Returns: `false`: the record comes too late to be taken.
    private mutating func enter(_ header: ps_header) -> Bool {
        // While the probes go, one after the other, an acquire may be seen whose release no longer is.
        if header.timestamp_ns > endedAt, header.kind < RecordKind.censusSocket.rawValue { return false }
        if Int(header.kind) < core.counts.count { core.counts[Int(header.kind)] &+= 1 }
        if header.kind == RecordKind.stack.rawValue || header.kind == RecordKind.loss.rawValue { return true }
        if core.firstAt == nil { core.firstAt = header.timestamp_ns }
        if header.timestamp_ns < core.now { core.irregularities.outOfOrder &+= 1 }
        core.now = max(core.now, header.timestamp_ns)
        if header.thread_id != 0, header.kind < RecordKind.censusSocket.rawValue {
            core.activity.note(header.timestamp_ns)
        }
        return true
    }
}
