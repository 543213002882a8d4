// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The life of sockets and of the descriptors that refer to them.
extension Correlator {
    static let closeWaitLimit = 256
    private static let tcpClose: UInt16 = 7
    private static let tcpCloseWait: UInt16 = 8
    private static let tcpSynSent: UInt16 = 2
    private static let inProgress: Int32 = -115
    /// States in which a socket has no descriptor any more, or soon has none: FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE,
    /// LAST_ACK, CLOSING (include/net/tcp_states.h).
    private static let endingStates: Set<UInt16> = [4, 5, 6, 7, 9, 11]

    mutating func take(_ record: ps_socket_open, _ ordinal: UInt64) {
        if record.result < 0 { return }  // no socket came of it: evidence, not state
        closeUnreferred(before: record.header.timestamp_ns)
        let socket = enterBorn(inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        core.sockets[socket].setKind(family: record.family, record.protocol)
        core.sockets[socket].openStack = record.stack_id
        core.sockets[socket].birth = EventMark(record.header, ordinal: ordinal)
        core.sockets.refer(record.descriptor, to: socket)
        noteDial(by: record.header)
        noteBirth(record)
    }

    /// A socket is born. One of the same inode that is older was closed without a record of it.
    private mutating func enterBorn(inode: UInt64, key: UInt64, at now: UInt64) -> Int32 {
        if let known = core.sockets.slot(inode: inode) {
            // A record of the socket may be a little ahead of that of its birth: records of two CPUs.
            let isSame = core.sockets[known].bornAt == 0 && now &- core.sockets[known].firstSeen < 1_000_000_000
            if !isSame { close(known, at: now) }
        }
        let socket = core.sockets.enter(inode: inode, key: key, at: now)
        core.sockets[socket].bornAt = now
        return socket
    }

    mutating func take(_ record: ps_socket_connect, _ ordinal: UInt64) {
        let now = record.header.timestamp_ns
        let socket = core.sockets.enter(inode: record.socket_inode, key: record.socket_key, at: now)
        core.sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        if let local { core.sockets[socket].local = local }
        detectors.udpTimeout.end(core.sockets.slot(socket), at: nil, core)
        if let remote { core.sockets[socket].remote = remote }
        core.sockets[socket].connects &+= 1
        if record.result < 0, record.result != Self.inProgress, !Self.interrupted.contains(record.result),
            !core.sockets[socket].isFailureCounted
        {
            core.sockets[socket].failedConnects &+= 1
        }
        core.sockets[socket].isFailureCounted = false
        core.sockets.refer(record.descriptor, to: socket)
        noteDial(by: record.header)
        noteConnect(record, socket, ordinal)
        noteBirth(record)
    }

    mutating func take(_ record: ps_socket_accept, _ ordinal: UInt64) {
        detectors.descriptorExhaustion.acceptReturned(record, ordinal, core)
        guard record.result >= 0, record.socket_inode != 0 else { return }
        let now = record.header.timestamp_ns
        let socket = enterBorn(inode: record.socket_inode, key: record.socket_key, at: now)
        core.sockets[socket].setKind(family: record.family, record.protocol)
        core.sockets[socket].local = Endpoint(
            family: record.family, address: record.local_address, port: record.local_port)
        core.sockets[socket].remote = Endpoint(
            family: record.family, address: record.remote_address, port: record.remote_port)
        core.sockets[socket].isAccepted = true
        core.sockets[socket].birth = EventMark(record.header, ordinal: ordinal)
        core.sockets.refer(record.result, to: socket)
    }

    mutating func take(_ record: ps_socket_state, _ ordinal: UInt64) {
        let now = record.header.timestamp_ns
        var found = core.sockets.slot(inode: record.socket_inode, key: record.socket_key)
        if found == nil, record.socket_inode != 0, !Self.endingStates.contains(record.new_state) {
            found = core.sockets.enter(inode: record.socket_inode, key: record.socket_key, at: now)
        }
        guard let socket = found else {
            noteEndAfterFarewell(record, ordinal)
            return
        }
        core.sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        // A socket that closes has given its port back already (inet_put_port in net/ipv4/inet_hashtables.c).
        if let local, record.local_port != 0 || core.sockets[socket].local == nil { core.sockets[socket].local = local }
        if let remote, record.remote_port != 0 || core.sockets[socket].remote == nil {
            core.sockets[socket].remote = remote
        }
        if record.old_state == Self.tcpSynSent, record.new_state == Self.tcpClose {
            core.sockets[socket].failedConnects &+= 1
            core.sockets[socket].isFailureCounted = true
        }
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.old_state == Self.tcpSynSent { detectors.timeWait.endStuck(core.sockets.slot(socket), core) }
        noteHandshake(record, socket, ordinal)
        notePeerClose(record, socket, ordinal)
        noteConnecting(socket, to: record.new_state, at: mark)
        noteBirth(record, socket: socket)
        setState(record.new_state, of: socket, at: mark)
    }

    /// Also for what a census finds: then the state began before `mark`.
    mutating func setState(_ state: UInt16, of socket: Int32, at mark: EventMark) {
        core.sockets[socket].state = state
        noteAnnouncedEnd(of: socket, state)
        countConnected(socket, isOpen: true)
        if state == Self.tcpCloseWait {
            if core.sockets[socket].closeWait == nil { core.sockets[socket].closeWait = mark }
        } else if core.sockets[socket].closeWait != nil {
            endCloseWait(of: socket, at: mark.timestamp)
        }
    }

    private mutating func endCloseWait(of socket: Int32, at end: UInt64) {
        guard let span = closeWaitSpan(of: socket, until: end, isOpen: false) else { return }
        core.sockets[socket].closeWait = nil
        if detectors.closeWaits.count < Self.closeWaitLimit {
            detectors.closeWaits.append(span)
        } else {
            detectors.unlistedCloseWaits &+= 1
        }
    }

    /// `nil`: the socket was not in CLOSE_WAIT, or not for long enough to be kept.
    func closeWaitSpan(of socket: Int32, until end: UInt64, isOpen: Bool) -> CloseWaitSpan? {
        guard let mark = core.sockets[socket].closeWait,
            end &- min(mark.timestamp, end) >= core.settings.thresholds[CloseWaitRule.age].clampedNanoseconds
        else { return nil }
        return CloseWaitSpan(
            socket: core.summary(ofSocket: socket), event: mark.reference,
            endedAt: isOpen ? nil : MonotonicInstant(nanoseconds: end), isLeased: core.sockets[socket].firstLease >= 0,
            isPooled: core.sockets[socket].wasLeased)
    }

    mutating func take(_ record: ps_socket_close, _ ordinal: UInt64) {
        guard let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) else { return }
        noteSocketClose(socket, by: record.header, EventMark(record.header, ordinal: ordinal))
        noteCloseWhileConnecting(socket, EventMark(record.header, ordinal: ordinal))
        detectors.prematureTimeout.socketClosing(record, core.sockets.slot(socket), ordinal, core)
        noteCloseAfterFarewell(record, socket)
        noteWordlessClose(record, socket, ordinal)
        noteTimeWait(record, socket, ordinal)
        noteClose(ofPooled: socket, record, ordinal)
        noteOwnClose(record, socket, ordinal)
        detectors.udpTimeout.end(core.sockets.slot(socket), at: EventMark(record.header, ordinal: ordinal), core)
        close(socket, at: record.header.timestamp_ns)
    }

    mutating func take(_ record: ps_descriptor_open) {
        let replaced = core.sockets.slot(descriptor: record.descriptor)
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets.refer(record.descriptor, to: socket)
        if let replaced, replaced != socket { closeIfUnreferred(replaced, at: record.header.timestamp_ns) }
    }

    mutating func take(_ record: ps_descriptor_close, _ ordinal: UInt64) {
        guard let socket = core.sockets.unrefer(record.descriptor) else { return }
        if !core.isSocketCloseTraced, core.sockets[socket].descriptorCount <= 0 {
            noteSocketClose(socket, by: record.header, EventMark(record.header, ordinal: ordinal))
        }
        noteUnreferred(socket, by: record, ordinal)
        closeIfUnreferred(socket, at: record.header.timestamp_ns)
    }

    private mutating func closeIfUnreferred(_ socket: Int32, at now: UInt64) {
        if !core.isSocketCloseTraced, core.sockets[socket].descriptorCount <= 0 { close(socket, at: now) }
    }

    mutating func take(_ record: ps_unix_address) {
        let length = min(Int(record.path_length), Int(PS_UNIX_PATH_SIZE))
        let path = withUnsafeBytes(of: record.path) { Endpoint(unixPath: Array($0.prefix(length))) }
        guard let path else { return }
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets[socket].setKind(family: 1, core.sockets[socket].protocolNumber)
        if record.is_remote != 0 { core.sockets[socket].remote = path } else { core.sockets[socket].local = path }
    }

    /// The socket is gone: its sums go to its endpoint, and what its leases must know of it stays with them.
    mutating func close(_ socket: Int32, at now: UInt64) {
        let slot = core.sockets.slot(socket)
        detectors.timeWait.endStuck(slot, core)
        settleEnd(of: socket, at: now)
        endCloseWait(of: socket, at: now)
        endRetransmitRun(of: socket, at: now)
        if let peers = detectors.socketGone(slot, at: now, core) { core.endpoints.add(peers, isOpen: false) }
        noteUnleasedClose(socket, at: now)
        countConnected(socket, isOpen: false)
        var last = core.summary(ofSocket: socket)
        last.closedAt = MonotonicInstant(nanoseconds: now)
        while core.sockets[socket].firstLease >= 0 {
            let lease = core.sockets[socket].firstLease
            core.leases.setClosedSocket(last, of: lease)
            core.leases[lease].wasSocketOlder = core.sockets[socket].isOlderThanTrace
            if let remote = last.remote {
                core.pools[Int(core.leases[lease].pool)].note(
                    endpoint: remote, hint: &core.sockets[socket].use.endpointHint, at: core.leases[lease].acquired)
            }
            unlinkFromSocket(lease)
        }
        core.births.settle(core.sockets[socket], core.settings.floors)
        detectors.nameServers.settle(socket: core.sockets[socket].inode)
        detectors.sums.settle(inode: core.sockets[socket].inode)
        forgetConnections(ofSocket: last.id.inode)
        let isSilent = isHalfOpen(socket)
        core.endpoints.add(
            core.sockets[socket], isOpen: false, isAccepted: core.isAccepted(socket), hasVanishedPeer: isSilent)
        core.sockets.remove(socket)
    }

    private mutating func noteTimeWait(_ record: ps_socket_close, _ socket: Int32, _ ordinal: UInt64) {
        let open = core.sockets[socket].remote.map { detectors.closures.connectedCount($0) } ?? 0
        detectors.timeWait.socketClosing(record, core.sockets.slot(socket), ordinal, open: open, core)
    }

    mutating func take(_ record: ps_datagram_peer, _ ordinal: UInt64) {
        let peer = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        guard let peer, record.socket_inode != 0 else { return }
        let slot = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        let socket = core.sockets.slot(slot)
        if record.operation == ps_io_operation.send.rawValue { detectors.udpTimeout.sendsTo(peer, on: socket, core) }
        detectors.datagramPeers.turned(record, to: peer, on: socket, ordinal)
    }

    mutating func take(_ record: ps_datagram_drop, _ ordinal: UInt64) {
        // Inodes of sockets that are closed are not in the ledger any more: then the drop belongs to none that is listed.
        guard record.socket_inode != 0 else { return }
        let socket = core.sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        core.sockets[socket].protocolNumber = 17
        if let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port) {
            core.sockets[socket].local = local
        } else if core.sockets[socket].local == nil {
            core.sockets[socket].family = record.family
        }
        detectors.udpDrop.datagramDropped(record, ordinal, core.sockets.slot(socket))
    }

    mutating func take(_ record: ps_socket_reset, _ ordinal: UInt64) {
        detectors.timeWait.connectionReset(record)
        let mark = EventMark(record.header, ordinal: ordinal)
        guard record.direction == ps_reset_direction.received.rawValue else {
            return detectors.prematureTimeout.resetSent(record, mark, core)
        }
        // Data after a close is reported as a reset received, too, but then the socket is not in the ledger any more.
        if let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) {
            noteEnd(of: socket, isReset: true, isMet: false, mark)
        }
    }

    mutating func take(_ record: ps_deadline) {
        guard UInt32(record.mode) & PS_DEADLINE_READ != 0 else { return }
        let socket = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets[socket].readDeadline = record.is_cleared != 0 ? ReadDeadline.none : .armed
    }
}
