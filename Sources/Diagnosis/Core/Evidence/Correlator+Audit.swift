// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the recorder saw from outside: the census, the holders, the pools' own counters.
extension Correlator {
    private static let listening: UInt16 = 10
    private static let tcp: UInt16 = 6
    private static let listed: Set<RecordKind> = [.censusSocket]
    private static let endsOfLeases: Set<RecordKind> = [.poolRelease, .poolConnectionClose]
    /// Leases whose ends are known to be lost are kept up to so many.
    static let lostLeaseLimit = 1024

    mutating func take(_ record: ps_census_socket, _ ordinal: UInt64) {
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets.refer(record.descriptor, to: socket)
        core.sockets[socket].censusIndex = record.census_index
        core.sockets[socket].censusAt = record.header.timestamp_ns
        if record.flags & PS_CENSUS_BEFORE_ATTACH != 0 { core.sockets[socket].isOlderThanTrace = true }
        if record.flags & PS_CENSUS_DETAILS_UNKNOWN != 0 { return }
        core.sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        if let local { core.sockets[socket].local = local }
        if let remote, record.remote_port != 0 { core.sockets[socket].remote = remote }
        core.sockets[socket].receiveQueueBytes = record.receive_queue_bytes
        core.sockets[socket].sendQueueBytes = record.send_queue_bytes
        core.sockets[socket].roundTripMicroseconds = record.round_trip_us
        core.sockets[socket].retransmits = record.retransmits
        notePath(record, socket)
        noteAges(record, socket)
        noteTimer(record, socket, ordinal)
        noteKeepalive(record, socket)
        core.sockets[socket].segments.add(record, isBorn: core.sockets[socket].birth != nil)
        detectors.censusSaw(record, ordinal, core.sockets.slot(socket), core)
        if record.protocol == Self.tcp {
            if record.state == Self.listening { core.listeningPorts.insert(record.local_port) }
            setState(record.state, of: socket, at: EventMark(record.header, ordinal: ordinal))
        }
    }

    /// A port on which the process listens, before the next census finds it.
    mutating func take(_ record: ps_socket_listen) {
        guard record.protocol == Self.tcp, record.result == 0, record.local_port != 0 else { return }
        core.listeningPorts.insert(record.local_port)
    }

    private mutating func noteAges(_ record: ps_census_socket, _ socket: Int32) {
        func moment(_ age: UInt32) -> UInt64 {
            let nanoseconds = UInt64(age) * 1_000_000
            let now = record.header.timestamp_ns
            return age == PS_AGE_UNKNOWN || nanoseconds > now ? 0 : now - nanoseconds
        }
        let received = moment(record.last_receive_age_ms)
        let sent = moment(record.last_send_age_ms)
        core.sockets[socket].lastActivityByCensus = max(received, sent)
        core.sockets[socket].isSendLastByCensus = sent > received
    }

    mutating func take(_ record: ps_census_end, _ ordinal: UInt64) {
        detectors.descriptorExhaustion.censusEnded(record, ordinal)
        endLostLeases(at: EventMark(record.header, ordinal: ordinal))
        closeUnreferred(before: record.header.timestamp_ns)
        // A census whose own records were lost proves no absence; the next one does.
        if core.losses.meets(Self.listed, from: record.started_ns, to: record.header.timestamp_ns) { return }
        let gone = core.sockets.live.filter { slot in
            let socket = core.sockets[slot]
            let lastSeen = max(socket.firstSeen, socket.bornAt, socket.lastActivity?.timestamp ?? 0)
            return lastSeen < record.started_ns && socket.censusIndex != record.census_index
                || (socket.censusAt == 0 && lastSeen < record.started_ns)
        }
        // Sorted: the order in which sockets close must not depend on hashing.
        for socket in gone.sorted() { close(socket, at: record.header.timestamp_ns) }
    }

    /// Where releases were lost, leases stay that ended long ago. Those that cannot be alive, as their holder has ended or
    /// their socket is closed, are taken for ended when they become many: the oldest first.
    private mutating func endLostLeases(at mark: EventMark) {
        guard core.leases.openCount > Self.lostLeaseLimit,
            core.losses.meets(Self.endsOfLeases, from: 0, to: mark.timestamp)
        else { return }
        let lost = core.leases.open.filter { slot in
            (core.leases[slot].isSocketClosed || core.leases[slot].sighting.state == .ended)
                && core.losses.meets(Self.endsOfLeases, from: core.leases[slot].acquired.timestamp, to: mark.timestamp)
        }
        guard lost.count > Self.lostLeaseLimit else { return }
        let oldest = lost.sorted { core.leases[$0].id.generation < core.leases[$1].id.generation }
        for slot in oldest.prefix(lost.count - Self.lostLeaseLimit) { endStale(slot, at: mark) }
    }

    mutating func take(_ record: ps_holder_state, _ ordinal: UInt64) {
        core.stacks.use(record.stack_id)
        let state: HolderCondition.State =
            switch ps_holder(rawValue: record.holder) {
            case .exists: .exists
            case .ended: .ended
            default: .unknown
            }
        let sighting = HolderSighting(
            state: state, goroutineStatus: record.header.goroutine_id == 0 ? nil : record.goroutine_status,
            mark: EventMark(record.header, ordinal: ordinal))
        if state == .ended, let holder = HolderKey(record.header) { endWaits(of: holder) }
        for adapter in core.adapters {
            guard let lease = core.leases.slot(LeaseKey(adapterID: adapter, connection: record.connection)),
                core.leases[lease].holderKey == HolderKey(record.header),
                record.header.timestamp_ns >= core.leases[lease].acquired.timestamp
            else { continue }
            core.leases[lease].sighting = sighting
            core.leases[lease].holderPlace.note(record)
        }
    }

    /// With its place in words.
    func condition(ofHolderOf lease: LeaseState) -> HolderCondition {
        var condition = lease.sighting.condition
        guard condition.state == .exists else { return condition }
        let place = lease.holderPlace
        condition.waitReason = GoWaitReason.text(place.waitReason, goVersion: core.process?.goVersion)
        if place.stackID >= Int32(PS_FIRST_OWN_STACK_ID) {
            condition.stack = core.stacks.resolve(stackID: place.stackID)
            condition.thereSince = MonotonicInstant(nanoseconds: place.since)
        }
        return condition
    }

    mutating func take(_ record: ps_task_fork, _ ordinal: UInt64) { detectors.childProcesses.forked(record, ordinal) }

    /// The old program has ended, and all that it held: as far as its leases go, the process has.
    mutating func take(_ record: ps_task_exec, _ ordinal: UInt64) {
        if detectors.childProcesses.newProgram != nil { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        detectors.childProcesses.execed(record, mark)
        core.processExit = mark
    }

    mutating func take(_ record: ps_task_exit, _ ordinal: UInt64) {
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.is_process != 0 {
            core.processExit = mark
            return
        }
        // A goroutine outlives the thread that it ran on: only holders that are threads end with it.
        var header = record.header
        header.goroutine_id = 0
        guard let holder = HolderKey(header) else { return }
        endWaits(of: holder)
        var lease = core.leases.first(of: holder) ?? -1
        while lease >= 0 {
            core.leases[lease].sighting = HolderSighting(state: .ended, mark: mark)
            lease = core.leases[lease].nextOfHolder
        }
    }

    mutating func take(_ record: ps_pool_state, _ ordinal: UInt64) {
        func count(_ value: Int64) -> UInt64? { value < 0 ? nil : UInt64(value) }
        let pool = Int(core.enterPool(PoolID(adapterID: record.adapter_id, address: record.pool)))
        if core.pools[pool].isOthers { return }
        let audit = PoolAudit(
            event: EventMark(record.header, ordinal: ordinal).reference, open: count(record.open_connections),
            idle: count(record.idle_connections), maximumOpen: count(record.maximum_open),
            maximumIdle: count(record.maximum_idle), waitCount: count(record.wait_count))
        detectors.countersRead(
            audit, of: Int32(truncatingIfNeeded: pool), EventMark(record.header, ordinal: ordinal), core)
        core.pools[pool].audit = audit
        guard let open = audit.open, let idle = audit.idle else { return }
        let inUse = open > idle ? open - idle : 0
        let unknown = inUse > core.pools[pool].inUse ? inUse - core.pools[pool].inUse : 0
        core.pools[pool].leasedBeforeTrace = min(core.pools[pool].leasedBeforeTrace ?? .max, unknown)
    }

    mutating func take(_ record: ps_clock_pair) {
        // The first pair, so that text about a moment is the same however much of the trace has been read.
        if core.wallClock == nil {
            core.wallClock = WallClock(
                monotonic: MonotonicInstant(nanoseconds: record.header.timestamp_ns), wallNanoseconds: record.wall_ns)
        }
    }

    mutating func take(_ record: ps_stack) {
        let depth = min(Int(record.depth), Int(PS_STACK_DEPTH))
        let addresses = withUnsafeBytes(of: record.addresses) { Array($0.bindMemory(to: UInt64.self).prefix(depth)) }
        core.stacks.add(addresses, id: record.stack_id)
    }
}
