// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections: how old they are, how often they were leased, and how those leases ended.
extension Core {
    /// An earlier lease of a connection may be missing.
    @inline(__always)
    private var mayMissLeases: Bool { foreseesLostLeases || losses.mayMissLeases }

    // MARK: - From the acquire to the close

    /// Books a lease to its connection.
    mutating func leaseConnection(
        _ key: LeaseKey, pool: Int32, at now: UInt64, socket: Int32?, isDialled: Bool
    ) -> LeaseOrigin {
        // No closure in here: it would have a core of its own.
        var inode: UInt64 = 0
        if let socket { inode = sockets[socket].inode }
        var known = connections.slot(key)
        var isDoubtful = false
        if let connection = known {
            settle(connection)
            let old = connections[connection].inode
            let isOther = inode != 0 && old != 0 && old != inode
            let isOfOther = connections[connection].pool != pool
            if isOfOther, inode != 0, inode == old {
                // Whose it was said to be came from a lease that did not name its pool.
                connections[connection].pool = pool
            } else if isOther || isOfOther {
                // Another socket is another connection, in an object that lay at the same address or was used again.
                connections.remove(connection)
                known = nil
                isDoubtful = !isOther
            }
        }
        let connection = known ?? enterConnection(key, pool: pool, at: now, socket: socket, isDialled: isDialled)
        if isDoubtful, !isDialled { connections[connection].wholeSince = nil }
        connections.setSocket(inode, of: connection)
        connections[connection].leases &+= 1
        connections[connection].lastUsed = now
        let number = connections[connection].leases
        pools[Int(pool)].reuse.mostLeases = max(pools[Int(pool)].reuse.mostLeases, number)
        return LeaseOrigin(
            // No acquire has come since that may have leased the connection without the trace knowing it.
            number: number, isWhole: (connections[connection].wholeSince ?? 0) > unknownAcquireEnd,
            firstSeen: connections[connection].firstSeen, isDialled: isDialled)
    }

    private mutating func enterConnection(
        _ key: LeaseKey, pool: Int32, at now: UInt64, socket: Int32?, isDialled: Bool
    ) -> Int32 {
        if connections.isFull {
            let leases = leases
            connections.forgetUnused { leases.slot($0) != nil }
        }
        var state = ConnectionState(key: key, pool: pool, at: now)
        if let socket { state.firstSeen = min(now, sockets[socket].firstSeen) }
        if isDialled {
            state.wholeSince = now
        } else if let socket {
            state.wholeSince = bornWhole(socket)
        }
        pools[Int(pool)].reuse.connections &+= 1
        return connections.enter(state)
    }

    /// When the socket was opened, if all probes were armed by then: the first to be armed are those of sockets, the last
    /// those of pools, and a connection may have had leases in between.
    @inline(__always)
    private func bornWhole(_ socket: Int32) -> UInt64? {
        let born = sockets[socket].bornAt
        return born != 0 && born >= plan?.armedAt?.nanoseconds ?? 0 ? born : nil
    }

    /// A lease is found to be on a socket.
    mutating func noteConnection(of lease: Int32, isOn socket: Int32) {
        let wholeSince = bornWhole(socket)
        if wholeSince ?? 0 > unknownAcquireEnd { leases[lease].origin.isWhole = true }
        guard let connection = connections.slot(leases[lease].key) else { return }
        connections.setSocket(sockets[socket].inode, of: connection)
        connections[connection].wholeSince = wholeSince ?? connections[connection].wholeSince
    }

    /// The connection is leased again, or the trace ends: its last lease was returned.
    private mutating func settle(_ connection: Int32) {
        if let sequence = connections[connection].release?.sequence { endedLeases.settle(sequence) }
        connections[connection].release = nil
    }

    /// What is known of how a lease ends, before it is removed. What its release does next may be to close the connection.
    ///
    /// - Parameter mark: `nil`: it ended at an unknown earlier time.
    /// - Parameter sequence: its place in the queue of ended leases; `nil`: they are not kept.
    mutating func noteEnd(
        of slot: Int32, kind: LeaseEnding.Kind, mark: EventMark?, hasError: Bool, by holder: HolderKey?,
        sequence: UInt64?
    ) {
        guard let connection = connections.slot(leases[slot].key) else { return }
        if connections[connection].isSocketGone { return forget(connection) }
        guard kind == .returned, let mark else { return }
        connections[connection].release = ReleasedLease(
            pool: leases[slot].pool, holder: holder, at: mark.timestamp, hasError: hasError, sequence: sequence)
        connections[connection].lastUsed = mark.timestamp
    }

    /// Books an ended lease to its pool.
    mutating func countEnding(of slot: Int32, _ kind: LeaseEnding.Kind) {
        let pool = Int(leases[slot].pool)
        let (bornAt, _, isOlder) = Self.birth(of: leases[slot], in: sockets)
        let isNew = Self.isNew(leases[slot].origin, bornAt: bornAt, isOlder: isOlder, mayMissLeases: mayMissLeases)
        pools[pool].endings[kind] &+= 1
        pools[pool].reuse.add(isNew: isNew)
    }

    /// The connection or its socket is closed by the holder of `header`.
    mutating func noteClose(of connection: Int32, by header: ps_header, _ mark: EventMark) {
        guard let released = connections[connection].release, let holder = HolderKey(header),
            released.holder == holder, mark.timestamp >= released.at,
            mark.timestamp - released.at <= ReleasedLease.window,
            !isAcquiring(PendingKey(holder: holder, adapterID: connections[connection].key.adapterID), at: mark)
        else { return }
        let kind: LeaseEnding.Kind = released.hasError ? .closedWithError : .closedWithoutError
        let pool = Int(released.pool)
        pools[pool].endings[.returned] &-= 1
        pools[pool].endings[kind] &+= 1
        connections[connection].release = nil
        if let sequence = released.sequence { endedLeases.settle(sequence) { $0?.kind = kind } }
    }

    /// In an acquire, a connection is closed that was found among the idle ones: too old, or bad. A close that nothing
    /// recorded is booked late, when its holder may be in the next acquire already.
    @inline(__always)
    private func isAcquiring(_ key: PendingKey, at mark: EventMark) -> Bool {
        pending.slot(key).map { pending[$0].begin.timestamp <= mark.timestamp } ?? false
    }

    mutating func noteSocketClose(_ socket: Int32, by header: ps_header, _ mark: EventMark) {
        var connection = connections.first(ofSocket: sockets[socket].inode) ?? -1
        while connection >= 0 {
            noteClose(of: connection, by: header, mark)
            connection = connections[connection].nextOfSocket
        }
    }

    /// The socket is gone, and with it each connection that nobody has leased.
    mutating func forgetConnections(ofSocket inode: UInt64) {
        var connection = connections.first(ofSocket: inode) ?? -1
        while connection >= 0 {
            let next = connections[connection].nextOfSocket
            if leases.slot(connections[connection].key) != nil {
                connections[connection].isSocketGone = true
            } else {
                forget(connection)
            }
            connection = next
        }
        connections.forgetSocket(inode)
    }

    mutating func forget(_ connection: Int32) {
        settle(connection)
        connections.remove(connection)
    }

    // MARK: - What is known of a lease's connection

    func connectionUse(ofLease slot: Int32) -> ConnectionUse {
        let lease = leases[slot]
        let acquired = lease.acquired.timestamp
        let (bornAt, socketSeen, isOlder) = Self.birth(of: lease, in: sockets)
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
