// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

/// Connections: how old they are, how often they were leased, and how those leases ended.
extension Correlator {
    // MARK: - Ended leases, one by one

    /// The leases whose end has become known since the last call, in the order in which they ended.
    public mutating func takeEndedLeases() -> [LeaseSummary] {
        core.isFinished ? core.endedLeases.takeAll() : core.endedLeases.takeFinal(at: core.now)
    }

    /// Takes what comes after the leases that it explains, and is needed before they are handed out: stacks, and whether
    /// records of leases were lost. Leaves other records alone; all of them are to be consumed afterwards.
    public mutating func foresee(_ record: TraceRecord) {
        switch record {
        case .stack(let stack): core.noteStack(stack)
        case .loss(let loss):
            core.foreseesLostLeases = core.foreseesLostLeases || Self.losesLeases(kind: loss.lost_kind)
            core.foreseenLosses.add(loss)
        default: break
        }
    }

    private static func losesLeases(kind: UInt16) -> Bool {
        kind == 0 || kind == RecordKind.poolAcquireEnd.rawValue
    }

    /// An earlier lease of a connection may be missing.
    private var mayMissLeases: Bool { core.foreseesLostLeases || core.losses.mayMissLeases }

    // MARK: - From the acquire to the close

    /// Books a lease to its connection.
    mutating func leaseConnection(
        _ key: LeaseKey, pool: Int32, at now: UInt64, socket: Int32?, isDialled: Bool
    ) -> LeaseOrigin {
        let inode = socket.map { core.sockets[$0].inode } ?? 0
        var known = core.connections.slot(key)
        var isDoubtful = false
        if let connection = known {
            settle(connection)
            let old = core.connections[connection].inode
            let isOther = inode != 0 && old != 0 && old != inode
            let isOfOther = core.connections[connection].pool != pool
            if isOfOther, inode != 0, inode == old {
                // Whose it was said to be came from a lease that did not name its pool.
                core.connections[connection].pool = pool
            } else if isOther || isOfOther {
                // Another socket is another connection, in an object that lay at the same address or was used again.
                core.connections.remove(connection)
                known = nil
                isDoubtful = !isOther
            }
        }
        let connection = known ?? enterConnection(key, pool: pool, at: now, socket: socket, isDialled: isDialled)
        if isDoubtful, !isDialled { core.connections[connection].wholeSince = nil }
        core.connections.setSocket(inode, of: connection)
        core.connections[connection].leases &+= 1
        core.connections[connection].lastUsed = now
        let number = core.connections[connection].leases
        core.pools[Int(pool)].reuse.mostLeases = max(core.pools[Int(pool)].reuse.mostLeases, number)
        return LeaseOrigin(
            number: number, isWhole: isWhole(since: core.connections[connection].wholeSince),
            firstSeen: core.connections[connection].firstSeen, isDialled: isDialled)
    }

    private mutating func enterConnection(
        _ key: LeaseKey, pool: Int32, at now: UInt64, socket: Int32?, isDialled: Bool
    ) -> Int32 {
        if core.connections.isFull {
            let leases = core.leases
            core.connections.forgetUnused { leases.slot($0) != nil }
        }
        var state = ConnectionState(key: key, pool: pool, at: now)
        if let socket { state.firstSeen = min(now, core.sockets[socket].firstSeen) }
        state.wholeSince = isDialled ? now : socket.flatMap { bornWhole($0) }
        core.pools[Int(pool)].reuse.connections &+= 1
        return core.connections.enter(state)
    }

    /// When the socket was opened, if all probes were armed by then: the first to be armed are those of sockets, the last
    /// those of pools, and a connection may have had leases in between.
    func bornWhole(_ socket: Int32) -> UInt64? {
        let born = core.sockets[socket].bornAt
        return born != 0 && born >= core.plan?.armedAt?.nanoseconds ?? 0 ? born : nil
    }

    /// No acquire has come since that may have leased the connection without the trace knowing it.
    func isWhole(since: UInt64?) -> Bool { since.map { $0 > core.unknownAcquireEnd } ?? false }

    /// The connection is leased again, or the trace ends: its last lease was returned.
    private mutating func settle(_ connection: Int32) {
        if let sequence = core.connections[connection].release?.sequence { core.endedLeases.settle(sequence) }
        core.connections[connection].release = nil
    }

    /// A lease ends. What its release does next may be to close the connection.
    mutating func noteEnd(
        of slot: Int32, kind: LeaseEnding.Kind, mark: EventMark?, errorType: UInt64, by holder: HolderKey?
    ) {
        let pool = core.leases[slot].pool
        let (bornAt, _, isOlder) = Self.birth(of: core.leases[slot], in: core.sockets)
        let isNew = Self.isNew(core.leases[slot].origin, bornAt: bornAt, isOlder: isOlder, mayMissLeases: mayMissLeases)
        core.pools[Int(pool)].endings[kind] &+= 1
        core.pools[Int(pool)].reuse.add(isNew: isNew)
        var sequence: UInt64?
        if core.settings.keepsEndedLeases {
            var summary = summary(ofLease: slot)
            summary.time = kind == .unknown ? nil : time(ofLease: slot, until: mark?.timestamp ?? core.now)
            summary.ending = LeaseEnding(
                kind: kind, event: mark?.reference, errorType: core.stacks.errorType(errorType),
                hasError: errorType != 0)
            sequence = core.endedLeases.add(summary, endedAt: mark?.timestamp ?? core.now, isFinal: kind != .returned)
        }
        guard let connection = core.connections.slot(core.leases[slot].key) else { return }
        if core.connections[connection].isSocketGone { return forget(connection) }
        guard kind == .returned, let mark else { return }
        core.connections[connection].release = ReleasedLease(
            pool: pool, holder: holder, at: mark.timestamp, hasError: errorType != 0,
            sequence: sequence)
        core.connections[connection].lastUsed = mark.timestamp
    }

    /// The connection or its socket is closed by the holder of `header`.
    mutating func noteClose(of connection: Int32, by header: ps_header, _ mark: EventMark) {
        guard let released = core.connections[connection].release, let holder = HolderKey(header),
            released.holder == holder, mark.timestamp >= released.at,
            mark.timestamp - released.at <= ReleasedLease.window,
            !isAcquiring(PendingKey(holder: holder, adapterID: core.connections[connection].key.adapterID), at: mark)
        else { return }
        let kind: LeaseEnding.Kind = released.hasError ? .closedWithError : .closedWithoutError
        let pool = Int(released.pool)
        core.pools[pool].endings[.returned] &-= 1
        core.pools[pool].endings[kind] &+= 1
        core.connections[connection].release = nil
        if let sequence = released.sequence { core.endedLeases.settle(sequence) { $0?.kind = kind } }
    }

    /// In an acquire, a connection is closed that was found among the idle ones: too old, or bad. A close that nothing
    /// recorded is booked late, when its holder may be in the next acquire already.
    private mutating func isAcquiring(_ key: PendingKey, at mark: EventMark) -> Bool {
        core.pending.slot(key).map { core.pending[$0].begin.timestamp <= mark.timestamp } ?? false
    }

    mutating func noteSocketClose(_ socket: Int32, by header: ps_header, _ mark: EventMark) {
        var connection = core.connections.first(ofSocket: core.sockets[socket].inode) ?? -1
        while connection >= 0 {
            noteClose(of: connection, by: header, mark)
            connection = core.connections[connection].nextOfSocket
        }
    }

    /// The socket is gone, and with it each connection that nobody has leased.
    mutating func forgetConnections(ofSocket inode: UInt64) {
        var connection = core.connections.first(ofSocket: inode) ?? -1
        while connection >= 0 {
            let next = core.connections[connection].nextOfSocket
            if core.leases.slot(core.connections[connection].key) != nil {
                core.connections[connection].isSocketGone = true
            } else {
                forget(connection)
            }
            connection = next
        }
        core.connections.forgetSocket(inode)
    }

    mutating func forget(_ connection: Int32) {
        settle(connection)
        core.connections.remove(connection)
    }

    // MARK: - What is known of a lease's connection

    func connectionUse(ofLease slot: Int32) -> ConnectionUse {
        let lease = core.leases[slot]
        let acquired = lease.acquired.timestamp
        let (bornAt, socketSeen, isOlder) = Self.birth(of: lease, in: core.sockets)
        let firstSeen = min(lease.origin.firstSeen, socketSeen)
        var use = ConnectionUse(number: lease.origin.number, isDialled: lease.origin.isDialled)
        use.isNew = Self.isNew(lease.origin, bornAt: bornAt, isOlder: isOlder, mayMissLeases: mayMissLeases)
        use.isNumberExact = lease.origin.isWhole && !mayMissLeases
        if bornAt != 0 {
            use.age = .nanoseconds(clamping: acquired > bornAt ? acquired - bornAt : 0)
            use.isAgeExact = true
        } else if firstSeen < acquired {
            use.age = .nanoseconds(clamping: acquired - firstSeen)
        }
        return use
    }

    /// `ConnectionUse.isNew`.
    private static func isNew(_ origin: LeaseOrigin, bornAt: UInt64, isOlder: Bool, mayMissLeases: Bool) -> Bool? {
        if origin.number > 1 || (isOlder && bornAt == 0) { return false }
        return origin.isDialled || (bornAt != 0 && !mayMissLeases) ? true : nil
    }

    /// When the lease's socket was opened, 0: not in the trace; when it was first seen; and whether a census saw it from
    /// before the probes.
    @inline(__always)
    private static func birth(
        of lease: LeaseState, in sockets: SocketLedger
    ) -> (bornAt: UInt64, firstSeen: UInt64, isOlder: Bool) {
        if lease.isSocketClosed { return (lease.closedSocketBornAt, .max, lease.wasSocketOlder) }
        var socket = lease.socket
        if socket < 0, lease.witnessInode != 0, !lease.isWitnessAmbiguous {
            socket = sockets.slot(inode: lease.witnessInode) ?? -1
        }
        if socket < 0 { return (0, .max, false) }
        return (sockets[socket].bornAt, sockets[socket].firstSeen, sockets[socket].isOlderThanTrace)
    }
}
