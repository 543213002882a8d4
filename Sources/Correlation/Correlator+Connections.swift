// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

/// Connections: how old they are, how often they were leased, and how those leases ended.
extension Correlator {
    // MARK: - Ended leases, one by one

    /// The leases whose end has become known since the last call, in the order in which they ended.
    public mutating func takeEndedLeases() -> [LeaseSummary] {
        isFinished ? endedLeases.takeAll() : endedLeases.takeFinal(at: now)
    }

    /// Takes what comes after the leases that it explains, and is needed before they are handed out: stacks, and whether
    /// records of leases were lost. Leaves other records alone; all of them are to be consumed afterwards.
    public mutating func foresee(_ record: TraceRecord) {
        switch record {
        case .stack(let stack): take(stack)
        case .loss(let loss): foreseesLostLeases = foreseesLostLeases || Self.losesLeases(kind: loss.lost_kind)
        default: break
        }
    }

    private static func losesLeases(kind: UInt16) -> Bool {
        kind == 0 || kind == ps_record_kind.pool_acquire_end.rawValue
    }

    /// An earlier lease of a connection may be missing.
    private var mayMissLeases: Bool {
        foreseesLostLeases || losses.windows.contains { $0.kind == nil || $0.kind == "pool_acquire_end" }
    }

    // MARK: - From the acquire to the close

    /// Books a lease to its connection.
    mutating func leaseConnection(
        _ key: LeaseKey, pool: Int32, at now: UInt64, socket: Int32?, isDialled: Bool
    ) -> LeaseOrigin {
        settle(key)
        let inode = socket.map { sockets[$0].inode } ?? 0
        // Another socket is another connection, in an object that lay at the same address or was used again.
        if let known = connections[key], known.pool != pool || (inode != 0 && known.inode != 0 && known.inode != inode)
        {
            connections.remove(key)
        }
        if connections[key] == nil {
            var state = ConnectionState(pool: pool, at: now)
            if let socket { state.firstSeen = min(now, sockets[socket].firstSeen) }
            state.isWhole = isDialled || socket.map { sockets[$0].bornAt != 0 } ?? false
            let leases = leases
            connections.enter(key, state) { leases.slot($0) != nil }
            pools[Int(pool)].reuse.connections &+= 1
        }
        connections.setSocket(inode, of: key)
        connections.update(key) { state in
            state.leases &+= 1
            state.lastUsed = now
        }
        guard let state = connections[key] else { return LeaseOrigin() }
        pools[Int(pool)].reuse.mostLeases = max(pools[Int(pool)].reuse.mostLeases, state.leases)
        return LeaseOrigin(
            number: state.leases, isWhole: state.isWhole, firstSeen: state.firstSeen, isDialled: isDialled)
    }

    /// The connection is leased again, or the trace ends: its last lease was returned.
    private mutating func settle(_ key: LeaseKey) {
        guard let released = connections[key]?.release else { return }
        connections.update(key) { $0.release = nil }
        if let sequence = released.sequence { endedLeases.settle(sequence) }
    }

    /// A lease ends. What its release does next may be to close the connection.
    mutating func noteEnd(
        of lease: LeaseState, key: LeaseKey, kind: LeaseEnding.Kind, mark: EventMark?, errorType: UInt64,
        by holder: HolderKey?
    ) {
        let pool = Int(lease.pool)
        pools[pool].endings[kind] &+= 1
        pools[pool].note(connectionUse(of: lease))
        var sequence: UInt64?
        if keepsEndedLeases {
            var summary = summary(of: lease)
            summary.ending = LeaseEnding(
                kind: kind, event: mark?.reference, errorType: stacks.errorType(errorType), hasError: errorType != 0)
            sequence = endedLeases.add(summary, endedAt: mark?.timestamp ?? now, isFinal: kind != .returned)
        }
        if connections[key]?.isSocketGone == true { forget(key) }
        guard kind == .returned, let mark else { return }
        let released = ReleasedLease(
            pool: lease.pool, holder: holder, at: mark.timestamp, hasError: errorType != 0,
            sequence: sequence)
        connections.update(key) { state in
            state.release = released
            state.lastUsed = mark.timestamp
        }
    }

    /// The connection or its socket is closed by the holder of `header`.
    mutating func noteClose(of key: LeaseKey, by header: ps_header, _ mark: EventMark) {
        guard let released = connections[key]?.release, let holder = HolderKey(header), released.holder == holder,
            mark.timestamp >= released.at, mark.timestamp - released.at <= ReleasedLease.window,
            // In an acquire, a connection is closed that was found among the idle ones: too old, or bad.
            pending[PendingKey(holder: holder, adapterID: key.adapterID)] == nil
        else { return }
        let kind: LeaseEnding.Kind = released.hasError ? .closedWithError : .closedWithoutError
        let pool = Int(released.pool)
        pools[pool].endings[.returned] &-= 1
        pools[pool].endings[kind] &+= 1
        connections.update(key) { $0.release = nil }
        if let sequence = released.sequence { endedLeases.settle(sequence) { $0?.kind = kind } }
    }

    mutating func noteSocketClose(_ socket: Int32, by header: ps_header, _ mark: EventMark) {
        for key in connections.keys(ofSocket: sockets[socket].inode) { noteClose(of: key, by: header, mark) }
    }

    /// The socket is gone, and with it each connection that nobody has leased.
    mutating func forgetConnections(ofSocket inode: UInt64) {
        let keys = connections.keys(ofSocket: inode)
        if keys.isEmpty { return }
        for key in keys {
            if leases.slot(key) != nil { connections.update(key) { $0.isSocketGone = true } } else { forget(key) }
        }
        connections.forgetSocket(inode)
    }

    mutating func forget(_ key: LeaseKey) {
        settle(key)
        connections.remove(key)
    }

    // MARK: - What is known of a lease's connection

    func connectionUse(of lease: LeaseState) -> ConnectionUse {
        let acquired = lease.acquired.timestamp
        let (bornAt, socketSeen, isOlder) = birth(of: lease)
        let firstSeen = min(lease.origin.firstSeen, socketSeen)
        var use = ConnectionUse(number: lease.origin.number, isDialled: lease.origin.isDialled)
        let mayMissLeases = mayMissLeases
        use.isNumberExact = lease.origin.isWhole && !mayMissLeases
        if bornAt != 0 {
            use.age = .nanoseconds(clamping: acquired > bornAt ? acquired - bornAt : 0)
            use.isAgeExact = true
        } else if firstSeen < acquired {
            use.age = .nanoseconds(clamping: acquired - firstSeen)
        }
        if use.number > 1 || (isOlder && bornAt == 0) {
            use.isNew = false
        } else if use.isDialled || (bornAt != 0 && !mayMissLeases) {
            use.isNew = true
        }
        return use
    }

    /// When the lease's socket was opened, 0: not in the trace; when it was first seen; and whether a census saw it from
    /// before the probes.
    private func birth(of lease: LeaseState) -> (bornAt: UInt64, firstSeen: UInt64, isOlder: Bool) {
        if let closed = lease.closedSocket { return (closed.id.bornAt?.nanoseconds ?? 0, .max, lease.wasSocketOlder) }
        var slot = lease.socket
        if slot < 0, lease.witnessInode != 0, !lease.isWitnessAmbiguous {
            slot = sockets.slot(inode: lease.witnessInode) ?? -1
        }
        if slot < 0 { return (0, .max, false) }
        return (sockets[slot].bornAt, sockets[slot].firstSeen, sockets[slot].isOlderThanTrace)
    }
}
