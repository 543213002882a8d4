// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import CTraceRecords
import Glibc
import KernelProbes
import PoolAdapters
import TargetInspection
public import TraceFile
public import TraceModel

/// Records one process into a trace file.
///
/// The probes are armed first, then the census is taken: a socket that is opened in between is seen by both, none is
/// missed. Everything happens on the calling thread.
public final class Recorder {
    /// What was armed at the start. The trace's own gets what the recording learns, when it ends.
    public let plan: ProbePlan
    /// Why the file took no more records before the end; `nil`: it took all.
    public var failure: TraceFileError? { writer.failure }

    let target: InspectedTarget
    let options: RecorderOptions
    let session: KernelSession
    let writer: TraceWriter
    private let watch: TerminationMonitor
    private var audit: TargetAudit
    /// The first hop to a socket by adapter ID; `nil`: nothing leads to a socket.
    private let firstHops: [PointerHop?]
    /// From a `tls.Conn`; `nil`: nothing leads to a socket.
    private let handshakeHop: PointerHop?
    private var census: SocketCensus
    private var ledger: LeaseLedger
    private var stacks: StackRecorder
    private var errorTypes: ErrorTypeRecorder
    var losses: LossRecorder
    /// `nil`: the level of detail stays as it is.
    var governor: DetailGovernor?
    /// Sockets whose calls are summed up.
    var summedInodes: Set<UInt64> = []
    /// Sockets with sums that the latest census has not found.
    var unlistedInodes: Set<UInt64> = []
    private var joiner: LeaseJoiner
    private var censusIndex: UInt32 = 0
    /// When the latest census was taken, and how many sockets it has listed.
    var latestCensus: (time: UInt64, sockets: Int)
    /// What could not be read or changed since the start, each once.
    var notes: [String] = []
    /// Sockets that were opened since the probes were armed; only needed for the first census.
    private var openedInodes: Set<UInt64> = []
    /// Acquires of this drain whose socket is still to be found.
    private var unjoinedAcquires: [ps_pool_acquire_end] = []
    private let started: UInt64
    private var children = ChildProcesses()
    /// When the target became another program; `nil`: it has not.
    private var executedAt: UInt64?

    /// Records at most this many at a time, so that census and signals have their turn under any load.
    static let drainLimit = 131_072

    /// Creates the file, arms the probes and takes the first census.
    ///
    /// - Throws: `TraceFileError`, `KernelProbeError`, `CensusError`.
    public init(target: InspectedTarget, options: RecorderOptions) throws {
        self.target = target
        self.options = options
        watch = TerminationMonitor(processID: target.process.processID)
        let planner =
            options.recordsPools
            ? PointPlanner(target: target, adapters: options.adapters, requested: options.requestedPools) : nil
        let calls = options.recordsPools ? CallPlanner(target: target, options: options.requestedCalls) : nil
        census = try SocketCensus(processID: target.process.processID)
        // The probes first: a trace that is to be replaced is still there when they cannot be armed.
        if let output = options.output {
            try TraceWriter.checkPath(output, replaceExisting: options.replaceExisting)
        }
        session = try KernelSession(Self.sessionOptions(target, planner, calls, options))
        writer =
            try options.output.map { (path) throws(TraceFileError) in
                try TraceWriter.create(path: path, replaceExisting: options.replaceExisting)
            } ?? TraceWriter.unkept()
        writer.observer = options.observer
        firstHops = planner?.firstHops ?? []
        handshakeHop = calls?.firstHops[.tlsHandshake]
        plan = Self.plan(target, planner, calls, session, options)
        target.fields?.forgetTypes()
        started = MonotonicClock.now
        audit = TargetAudit(target: target, counterReaders: planner?.counterReaders ?? [])
        ledger = LeaseLedger(adapterOfPoint: plan.points.map(\.adapterID))
        stacks = StackRecorder(target: target)
        errorTypes = ErrorTypeRecorder(target: target)
        losses = LossRecorder(now: started)
        latestCensus = (started, 0)
        joiner = LeaseJoiner(target: target)
        try writer.write(
            .process(target.process.facts(buildInfo: target.buildInfo, recorderVersion: options.version)))
        try writer.write(.plan(plan))
        writer.append(MonotonicClock.pair())
        try beginDetail(now: started)
        // Before anyone is told that it records: what happens in interrupts is the target's by the sockets that are known.
        takeCensus()
        // Planning and loading took memory for the target's tables and the kernel's types, which a recording does not need.
        ps_trim_heap()
    }

    /// Records until the end, and completes the file.
    ///
    /// - Parameter progress: called about once a second.
    /// - Throws: `TraceFileError` when not even the end of the trace could be written.
    public func run(progress: (RecordingProgress) -> Void) throws -> RecordingEnd {
        if options.onChild == nil { Privileges.drop() }
        let end = loop(progress: progress)
        // At once: while probes are detached, the new program would be at work unseen.
        if end == .targetExecuted { options.onChild?(target.process.processID) }
        if end != .targetExited, end != .targetExecuted {
            takeCensus(isFinal: true)
        }
        writer.append(MonotonicClock.pair())
        // Probes go one after the other: what some of them still see while others are gone is not to be judged.
        let endedAt = MonotonicInstant(nanoseconds: executedAt ?? MonotonicClock.now)
        session.detach()
        awaitUndelivered()
        // Also where no census could be taken any more: what the sums count is nowhere else.
        writeSums(at: endedAt.nanoseconds)
        sampleLosses(isFinal: true)
        let totals = losses.totals()
        if !joiner.blindSpots.isEmpty || !joiner.offsets.isEmpty || !notes.isEmpty {
            var plan = plan
            plan.blindSpots += joiner.blindSpots + notes
            plan.offsets? += joiner.offsets
            try? writer.write(.plan(plan))
        }
        try writer.finish(
            TraceEnd(
                reason: end.rawValue, endedAt: endedAt, attempted: totals.attempted, lost: totals.lost))
        return end
    }

    // MARK: - The loop

    private func loop(progress: (RecordingProgress) -> Void) -> RecordingEnd {
        let deadline = options.duration.map { started &+ UInt64(clamping: $0.wholeNanoseconds) } ?? .max
        let censusInterval = UInt64(clamping: options.censusInterval.wholeNanoseconds)
        var nextCensus = started &+ censusInterval
        var nextSecond = started &+ 1_000_000_000
        var pause: Int32 = 10
        while true {
            let drained = drain()
            if let failure = writer.failure { return failure.code == .diskFull ? .diskFull : .writeFailed }
            if executedAt != nil { return .targetExecuted }
            let now = MonotonicClock.now
            if let onChild = options.onChild { children.takeReady(now: now).forEach(onChild) }
            if now >= deadline { return .duration }
            if now >= nextSecond {
                nextSecond = now &+ 1_000_000_000
                sampleLosses()
                governDetail(now: now)
                progress(self.progress(now: now))
            }
            if now >= nextCensus {
                nextCensus = now &+ censusInterval
                takeCensus()
                writer.append(MonotonicClock.pair())
            }
            // Records wait in the ring at no cost; an idle target need not be looked at a hundred times a second.
            pause = drained > 0 ? 10 : min(pause * 2, 100)
            let untilDeadline = Int32(clamping: (deadline &- now) / 1_000_000 &+ 1)
            switch watch.wait(milliseconds: drained == Self.drainLimit ? 0 : min(pause, untilDeadline)) {
            case .none: break
            case .signal: return .interrupted
            case .targetExit: return .targetExited
            }
        }
    }

    /// Moves what is in the ring to the file. Returns the number of records.
    func drain() -> Int {
        let isWatching = governor?.isWatching == true
        let count = session.drain(limit: Self.drainLimit) { kind, bytes in
            if complete(kind, bytes) { return }
            _ = writer.append(kind: kind, bytes: bytes)
            if isWatching, kind == RecordKind.socketIO.rawValue {
                // ps_socket_io.socket_inode stands right behind the header.
                governor?.note(
                    inode: bytes.loadUnaligned(fromByteOffset: MemoryLayout<ps_header>.size, as: UInt64.self))
            }
            look(at: kind, bytes)
        }
        governor?.note(records: count)
        guard count > 0 else { return 0 }
        let now = MonotonicClock.now
        joinAcquires(now: now)
        try? stacks.write(from: session, to: writer, now: now)
        try? errorTypes.write(to: writer)
        try? writer.flush()  // `writer.failure` keeps the reason
        return count
    }

    /// Takes from a record what the recorder itself needs. I/O, the bulk, passes at the cost of one comparison.
    private func look(at kind: UInt16, _ bytes: UnsafeRawBufferPointer) {
        guard kind != RecordKind.socketIO.rawValue, let record = TraceRecord(kind: kind, bytes: bytes) else {
            return
        }
        switch record {
        case .poolAcquireBegin(let begin):
            ledger.begin(begin)
            stacks.note(stack: begin.stack_id)
            stacks.note(returnAddress: begin.caller_address)
        case .poolAcquireEnd(let end):
            ledger.end(end)
            errorTypes.note(end.error_type, value: end.error_value)
            if end.walk_status == ps_walk_status.unknown_type.rawValue { unjoinedAcquires.append(end) }
        case .poolRelease(let release):
            ledger.release(release)
            errorTypes.note(release.error_type)
        case .poolConnectionClose(let close): ledger.close(close)
        case .socketOpen(let open):
            stacks.note(stack: open.stack_id)
            if censusIndex == 0, open.result == 0 { openedInodes.insert(open.socket_inode) }
        case .taskFork(let fork): children.add(fork.child_process_id, now: fork.header.timestamp_ns)
        case .taskExec(let exec): executedAt = executedAt ?? exec.header.timestamp_ns
        case .socketConnect(let connect): stacks.note(stack: connect.stack_id)
        case .socketListen(let listen): stacks.note(stack: listen.stack_id)
        case .tlsHandshake(let handshake): errorTypes.note(handshake.error_type)
        case .socketAccept(let accept):
            if censusIndex == 0 { openedInodes.insert(accept.socket_inode) }
        default: break
        }
    }

    /// Writes a handshake whose pointer chain in the kernel ended at a type that it did not know, with its socket.
    private func complete(_ kind: UInt16, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard kind == RecordKind.tlsHandshake.rawValue, let handshakeHop,
            case .tlsHandshake(let record) = TraceRecord(kind: kind, bytes: bytes),
            record.walk_status == ps_walk_status.unknown_type.rawValue
        else { return false }
        writer.append(.tlsHandshake(joiner.complete(record, along: handshakeHop, session: session)))
        errorTypes.note(record.error_type)
        return true
    }

    private func joinAcquires(now: UInt64) {
        for record in unjoinedAcquires {
            guard let adapterID = ledger.adapter(of: record.point_id), Int(adapterID) < firstHops.count,
                let hop = firstHops[Int(adapterID)]
            else { continue }
            if let join = joiner.complete(record, along: hop, session: session, now: now) {
                writer.append(join)
            }
        }
        unjoinedAcquires.removeAll(keepingCapacity: true)
    }

    /// The sockets, the holders of open leases, and the pools' counters, as they are now.
    private func takeCensus(isFinal: Bool = false) {
        let isFirst = censusIndex == 0
        var hasDrained = false
        var listed: Set<UInt64> = []
        do {
            try census.take(index: censusIndex) { inode in
                // What was opened while the list was read is in the ring by now, and was not there before the probes.
                if isFirst && !hasDrained { hasDrained = drain() >= 0 }
                return isFirst && !openedInodes.contains(inode)
            } sink: { record in
                if case .censusSocket(let socket) = record {
                    session.ownSocket(inode: socket.socket_inode)
                    listed.insert(socket.socket_inode)
                }
                writer.append(record)
            }
        } catch {
            censusFailed(error)
            return
        }
        if isFirst { openedInodes = [] }
        censusIndex += 1
        latestCensus = (MonotonicClock.now, listed.count)
        writeSums(listed: listed)
        let now = MonotonicClock.now
        audit.take(ledger, now: now, isFinal: isFinal) { record in
            if case .stack(let stack) = record { stacks.note(written: stack) }
            writer.append(record)
        }
        try? stacks.write(from: session, to: writer, now: now)
        try? writer.flush()
    }

    private func progress(now: UInt64) -> RecordingProgress {
        let ages = ledger.leases.values.lazy.map {
            Duration.nanoseconds(Int64(bitPattern: now &- $0.acquiredNanoseconds))
        }
        return RecordingProgress(
            elapsed: .nanoseconds(Int64(now &- started)), now: MonotonicInstant(nanoseconds: now),
            records: writer.counters.recordsWritten, lost: losses.totalLost &+ writer.counters.recordsLost,
            leasesOut: ledger.leases.count, waiting: ledger.waiting,
            suspects: ages.count { $0 >= RecordingProgress.suspectAge }, oldestLease: ages.max(),
            fileBytes: UInt64(writer.counters.fileBytes))
    }
}
