// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What records tell of a socket itself: that it is there, its kind, its addresses, its state.
extension Core {
    private static let closeWait: UInt16 = 8
    /// States in which a socket has no descriptor any more, or soon has none: FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE,
    /// LAST_ACK, CLOSING (include/net/tcp_states.h).
    private static let endingStates: Set<UInt16> = [4, 5, 6, 7, 9, 11]

    /// The socket of the inode that is older than one which is born now: it was closed without a record of it.
    func forerunner(inode: UInt64, at now: UInt64) -> Int32? {
        guard let known = sockets.slot(inode: inode) else { return nil }
        // A record of the socket may be a little ahead of that of its birth: records of two CPUs.
        let isSame = sockets[known].bornAt == 0 && now &- sockets[known].firstSeen < 1_000_000_000
        return isSame ? nil : known
    }

    mutating func enter(_ record: ps_socket_open, _ ordinal: UInt64) {
        let socket = sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        sockets[socket].bornAt = record.header.timestamp_ns
        sockets[socket].setKind(family: record.family, record.protocol)
        sockets[socket].openStack = record.stack_id
        sockets[socket].birth = EventMark(record.header, ordinal: ordinal)
        sockets.refer(record.descriptor, to: socket)
        noteBirth(record)
    }

    mutating func enter(_ record: ps_socket_accept, _ ordinal: UInt64) {
        let socket = sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        sockets[socket].bornAt = record.header.timestamp_ns
        sockets[socket].setKind(family: record.family, record.protocol)
        sockets[socket].local = Endpoint(
            family: record.family, address: record.local_address, port: record.local_port)
        sockets[socket].remote = Endpoint(
            family: record.family, address: record.remote_address, port: record.remote_port)
        sockets[socket].isAccepted = true
        sockets[socket].birth = EventMark(record.header, ordinal: ordinal)
        sockets.refer(record.result, to: socket)
    }

    /// The peer that the record names is not the socket's yet: see `connectReturned`.
    mutating func enter(_ record: ps_socket_connect) -> Int32 {
        let socket = sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        if let local { sockets[socket].local = local }
        return socket
    }

    /// - Returns: `nil`: the socket is closed.
    mutating func enter(_ record: ps_socket_state) -> Int32? {
        var found = sockets.slot(inode: record.socket_inode, key: record.socket_key)
        if found == nil, record.socket_inode != 0, !Self.endingStates.contains(record.new_state) {
            found = sockets.enter(
                inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        }
        guard let socket = found else { return nil }
        sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        // A socket that closes has given its port back already (inet_put_port in net/ipv4/inet_hashtables.c).
        if let local, record.local_port != 0 || sockets[socket].local == nil { sockets[socket].local = local }
        if let remote, record.remote_port != 0 || sockets[socket].remote == nil { sockets[socket].remote = remote }
        return socket
    }

    /// Also for what a census finds: then the state began before `mark`.
    ///
    /// - Returns: When the CLOSE_WAIT began that the socket has left; `nil`: it has left none, or one that was short.
    mutating func setState(_ state: UInt16, of socket: Int32, at mark: EventMark) -> EventMark? {
        sockets[socket].state = state
        if state == Self.closeWait { sockets[socket].end.isAnnounced = true }
        countConnected(socket, isOpen: true)
        guard let began = sockets[socket].closeWait else {
            if state == Self.closeWait { sockets[socket].closeWait = mark }
            return nil
        }
        // A short one stays known: who leased the connection meanwhile had it closed already.
        guard state != Self.closeWait, isLongCloseWait(since: began, until: mark.timestamp) else { return nil }
        sockets[socket].closeWait = nil
        return began
    }

    func isLongCloseWait(since began: EventMark, until end: UInt64) -> Bool {
        end &- min(began.timestamp, end) >= settings.thresholds[CloseWaitRule.age].clampedNanoseconds
    }

    mutating func enter(_ record: ps_unix_address) {
        let length = min(Int(record.path_length), Int(PS_UNIX_PATH_SIZE))
        let path = withUnsafeBytes(of: record.path) { Endpoint(unixPath: Array($0.prefix(length))) }
        guard let path else { return }
        let socket = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sockets[socket].setKind(family: 1, sockets[socket].protocolNumber)
        if record.is_remote != 0 { sockets[socket].remote = path } else { sockets[socket].local = path }
    }

    mutating func enter(_ record: ps_socket_io) -> Int32 {
        let slot = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sockets[slot].setKind(family: record.family, record.protocol)
        return slot
    }

    mutating func enter(_ record: ps_datagram_drop) -> SocketSlot {
        let socket = sockets.enter(inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        sockets[socket].protocolNumber = 17
        if let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port) {
            sockets[socket].local = local
        } else if sockets[socket].local == nil {
            sockets[socket].family = record.family
        }
        return sockets.slot(socket)
    }

    mutating func noteDeadline(_ record: ps_deadline) {
        guard UInt32(record.mode) & PS_DEADLINE_READ != 0 else { return }
        let socket = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sockets[socket].readDeadline = record.is_cleared != 0 ? ReadDeadline.none : .armed
    }

    /// The socket is closed, and nothing belongs to it any more: what it moved goes to its endpoint.
    mutating func remove(_ socket: Int32) {
        births.remove(inode: sockets[socket].inode)
        endpoints.add(sockets[socket], isOpen: false, isAccepted: isAccepted(socket))
        sockets.remove(socket)
    }
}
