// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Leases: from the acquire's end to the release.
extension Correlator {
    mutating func startLease(
        _ record: ps_pool_acquire_end, _ ordinal: UInt64, key: LeaseKey, pool: Int32, request: PendingAcquire?
    ) {
        let site = request?.site ?? unknownSite(of: pool, point: record.point_id)
        var lease = LeaseState(
            id: LeaseID(adapterID: key.adapterID, connection: key.connection, generation: core.leases.nextGeneration()),
            pool: pool, site: site, holder: Holder(record.header), holderKey: HolderKey(record.header),
            acquired: EventMark(record.header, ordinal: ordinal))
        lease.requested = request?.begin
        lease.goroutineAddress = request?.goroutineAddress ?? 0
        lease.wait = request.map { core.elapsed(from: $0.begin.timestamp, to: record.header.timestamp_ns) }
        lease.walkedDescriptor = record.descriptor
        lease.dialAt = request?.dialAt ?? 0
        lease.lookupTime = request?.lookupTime ?? 0
        if core.isAllSummed { lease.split.sum() }
        lease.contendedAtStart = core.pools[Int(pool)].beginLease(of: site, at: record.header.timestamp_ns)
        let socket = walkedSocket(record)
        lease.origin = leaseConnection(
            key, pool: pool, at: record.header.timestamp_ns, socket: socket, isDialled: request?.isDialling ?? false)
        let slot = core.leases.add(lease)
        detectors.leaseBegan(core.leases.slot(slot), record, core)
        if let socket {
            join(slot, to: socket, .walked)
            detectors.leaseJoined(core.noteUse(of: socket, by: slot, state: record.socket_state), core)
        }
    }

    /// A connection cannot be leased twice: the release between is not in the trace.
    mutating func endStale(_ lease: Int32, at mark: EventMark) {
        core.pools[Int(core.leases[lease].pool)].missedReleases &+= 1
        endLease(lease, at: mark, .unknown)
    }

    private mutating func unknownSite(of pool: Int32, point: UInt32) -> Int32 {
        core.pools[Int(pool)].site(SiteKey(stackID: -1, caller: 0, pointID: point)) ?? -1
    }

    private mutating func walkedSocket(_ record: ps_pool_acquire_end) -> Int32? {
        if record.socket_inode != 0 {
            let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
            if record.descriptor >= 0 { core.sockets.refer(record.descriptor, to: socket) }
            return socket
        }
        return record.descriptor >= 0 ? core.sockets.slot(descriptor: record.descriptor) : nil
    }

    mutating func join(_ lease: Int32, to socket: Int32, _ method: JoinMethod) {
        unlinkFromSocket(lease)
        core.leases[lease].join = method
        core.leases[lease].socket = socket
        core.leases[lease].nextOfSocket = core.sockets[socket].firstLease
        core.sockets[socket].firstLease = lease
        core.sockets[socket].wasLeased = true
        if core.sockets[socket].isSummed { core.leases[lease].split.sum() }
        noteBirth(of: lease, socket: socket)
        tellWait(of: lease, socket: socket)
    }

    mutating func take(_ record: ps_pool_release, _ ordinal: UInt64) {
        let adapter = adapter(ofPoint: record.point_id)
        let key = LeaseKey(adapterID: adapter, connection: record.connection)
        closeUnreferred(before: record.header.timestamp_ns, by: record.header.thread_id)
        if let lease = core.leases.slot(key) {
            detectors.leaseReleased(core.leases.slot(lease), core)
            core.noteRelease(of: lease, at: record.header.timestamp_ns, hasError: record.error_type != 0)
            endLease(
                lease, at: EventMark(record.header, ordinal: ordinal),
                core.leases[lease].isSocketClosed ? .closedInUse : .returned, errorType: record.error_type,
                by: HolderKey(record.header))
            return
        }
        detectors.useAfterClose.released(
            key, by: HolderKey(record.header), at: EventMark(record.header, ordinal: ordinal))
        // database/sql hands back a connection that came too late for a cancelled request, inside the acquire
        // (DB.conn in database/sql/sql.go): nobody leased it.
        if let holder = HolderKey(record.header),
            core.pending.slot(PendingKey(holder: holder, adapterID: adapter)) != nil
        {
            return
        }
        let pool = releasedPool(record.pool, key)
        // It was leased and returned in the trace: what is released now was acquired in the trace too.
        if core.connections.slot(key) != nil { core.pools[Int(pool)].missedAcquires &+= 1 }
        core.pools[Int(pool)].releasesWithoutLease &+= 1
    }

    private mutating func releasedPool(_ address: UInt64, _ key: LeaseKey) -> Int32 {
        if address != 0 { return enterPool(PoolID(adapterID: key.adapterID, address: address)) }
        return core.connections.slot(key).map { core.connections[$0].pool } ?? onlyPool(of: key.adapterID)
    }

    mutating func take(_ record: ps_pool_connection_close, _ ordinal: UInt64) {
        let key = LeaseKey(adapterID: adapter(ofPoint: record.point_id), connection: record.connection)
        let mark = EventMark(record.header, ordinal: ordinal)
        if let lease = core.leases.slot(key) {
            detectors.useAfterClose.poolClosing(core.leases.slot(lease), by: record.header, mark, core)
            endLease(lease, at: mark, .closedInUse)
        }
        guard let connection = core.connections.slot(key) else { return }
        noteClose(of: connection, by: record.header, mark)
        forget(connection)
    }

    mutating func take(_ record: ps_lease_join) {
        for adapter in core.adapters {
            guard let lease = core.leases.slot(LeaseKey(adapterID: adapter, connection: record.connection)),
                core.leases[lease].acquired.timestamp == record.acquired_ns
            else { continue }
            core.leases[lease].walkedDescriptor = record.descriptor
            guard record.socket_inode != 0, core.leases[lease].socket < 0 else { return }
            let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
            // What the holder did on another socket was not the lease's.
            if core.leases[lease].witnessInode != record.socket_inode {
                core.leases[lease].forgetActivity(at: record.header.timestamp_ns)
            }
            join(lease, to: socket, .walkedLater)
            let wholeSince = bornWhole(socket)
            if isWhole(since: wholeSince) { core.leases[lease].origin.isWhole = true }
            if let connection = core.connections.slot(LeaseKey(adapterID: adapter, connection: record.connection)) {
                core.connections.setSocket(record.socket_inode, of: connection)
                core.connections[connection].wholeSince = wholeSince ?? core.connections[connection].wholeSince
            }
            detectors.leaseJoined(core.noteUse(of: socket, by: lease, state: 0), core)
            return
        }
    }

    /// - Parameter kind: `.unknown`: the lease ended at an unknown earlier time, and its length is not counted.
    private mutating func endLease(
        _ slot: Int32, at mark: EventMark, _ kind: LeaseEnding.Kind, errorType: UInt64 = 0, by holder: HolderKey? = nil
    ) {
        let pool = Int(core.leases[slot].pool)
        core.pools[pool].endLease(of: core.leases[slot].site, at: mark.timestamp)
        noteEndpoint(of: slot, at: mark)
        if core.leases[slot].isContrary { core.irregularities.contraryWitnesses &+= 1 }
        let hold = core.elapsed(from: core.leases[slot].acquired.timestamp, to: mark.timestamp)
        let isEndKnown = kind != .unknown
        if isEndKnown {
            let time = time(ofLease: slot, until: mark.timestamp)
            core.pools[pool].add(
                core.leases[slot].completed(
                    at: mark.timestamp, hold: hold, time, longFrom: core.settings.floors.idleHold))
        }
        noteReturn(of: slot, by: holder)
        noteEnd(of: slot, kind: kind, mark: isEndKnown ? mark : nil, errorType: errorType, by: holder)
        detectors.leaseEnded(core.leases.slot(slot), core)
        unlinkFromSocket(slot)
        core.leases.remove(slot)
    }

    /// - Parameter holder: `nil`: it is not known who ended the lease.
    private mutating func noteReturn(of slot: Int32, by holder: HolderKey?) {
        let (pool, site) = (Int(core.leases[slot].pool), Int(core.leases[slot].site))
        guard let holder, let taker = core.leases[slot].holderKey, site >= 0 else { return }
        if holder == taker {
            core.pools[pool].sites[site].returnedByTaker &+= 1
        } else {
            core.pools[pool].sites[site].returnedByOther &+= 1
        }
    }

    private mutating func noteEndpoint(of lease: Int32, at mark: EventMark) {
        var socket = core.leases[lease].socket
        if socket < 0 { socket = core.sockets.slot(inode: core.leases[lease].witnessInode) ?? -1 }
        guard socket >= 0, let remote = core.sockets[socket].remote else { return }
        core.pools[Int(core.leases[lease].pool)].note(
            endpoint: remote, hint: &core.sockets[socket].use.endpointHint, at: mark)
    }

    mutating func unlinkFromSocket(_ lease: Int32) {
        let socket = core.leases[lease].socket
        guard socket >= 0 else { return }
        let next = core.leases[lease].nextOfSocket
        core.leases[lease].socket = -1
        core.leases[lease].nextOfSocket = -1
        var current = core.sockets[socket].firstLease
        if current == lease {
            core.sockets[socket].firstLease = next
            return
        }
        while current >= 0 {
            if core.leases[current].nextOfSocket == lease {
                core.leases[current].nextOfSocket = next
                return
            }
            current = core.leases[current].nextOfSocket
        }
    }
}
