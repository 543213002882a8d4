// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The life of sockets, and their calls.
extension TrafficLedger {
    mutating func take(_ record: ps_socket_io) {
        let known = sockets.slot(record.socket_inode)
        if let slot = known ?? enter(record.socket_inode, at: record.header.timestamp_ns) { sockets[slot].note(record) }
    }

    mutating func take(_ record: ps_socket_sum) {
        guard record.socket_inode != 0, let growth = sums.advance(record, ordinal: 0),
            let slot = enter(record.socket_inode, at: record.header.timestamp_ns)
        else { return }
        sockets[slot].receives.add(
            calls: growth.receives &+ growth.peeks, wouldBlocks: growth.receive_would_blocks,
            bytes: growth.received_bytes)
        sockets[slot].sends.add(
            calls: growth.sends, wouldBlocks: growth.send_would_blocks, bytes: growth.sent_bytes)
    }

    mutating func take(_ record: ps_socket_open) {
        guard record.result >= 0, let slot = enterBorn(record.socket_inode, at: record.header.timestamp_ns) else {
            return
        }
        sockets[slot].setKind(family: record.family, record.protocol)
    }

    mutating func take(_ record: ps_socket_accept) {
        guard record.result >= 0, let slot = enterBorn(record.socket_inode, at: record.header.timestamp_ns) else {
            return
        }
        sockets[slot].socket.isAccepted = true
        sockets[slot].setKind(family: record.family, record.protocol)
        setEnds(
            of: slot, Endpoint(family: record.family, address: record.local_address, port: record.local_port),
            Endpoint(family: record.family, address: record.remote_address, port: record.remote_port))
    }

    mutating func take(_ record: ps_socket_connect) {
        guard let slot = enter(record.socket_inode, at: record.header.timestamp_ns) else { return }
        sockets[slot].setKind(family: record.family, record.protocol)
        setEnds(
            of: slot, Endpoint(family: record.family, address: record.local_address, port: record.local_port),
            Endpoint(family: record.family, address: record.remote_address, port: record.remote_port))
    }

    /// Most are of sockets that are known; one that is closing has no part in a trace but its end.
    mutating func take(_ record: ps_socket_state) {
        guard let slot = sockets.slot(record.socket_inode) else { return }
        setEnds(
            of: slot,
            record.local_port == 0
                ? nil : Endpoint(family: record.family, address: record.local_address, port: record.local_port),
            record.remote_port == 0
                ? nil : Endpoint(family: record.family, address: record.remote_address, port: record.remote_port))
    }

    mutating func take(_ record: ps_census_socket) {
        guard let slot = enter(record.socket_inode, at: record.header.timestamp_ns),
            record.flags & PS_CENSUS_DETAILS_UNKNOWN == 0
        else { return }
        sockets[slot].setKind(family: record.family, record.protocol)
        setEnds(
            of: slot, Endpoint(family: record.family, address: record.local_address, port: record.local_port),
            record.remote_port == 0
                ? nil : Endpoint(family: record.family, address: record.remote_address, port: record.remote_port))
    }

    mutating func take(_ record: ps_unix_address) {
        let length = min(Int(record.path_length), Int(PS_UNIX_PATH_SIZE))
        let path = withUnsafeBytes(of: record.path) { Endpoint(unixPath: Array($0.prefix(length))) }
        guard let path, let slot = enter(record.socket_inode, at: record.header.timestamp_ns) else { return }
        sockets[slot].setKind(family: 1, 0)
        if record.is_remote != 0 { setEnds(of: slot, nil, path) } else { setEnds(of: slot, path, nil) }
    }

    mutating func take(_ record: ps_socket_close) {
        guard let slot = sockets.slot(record.socket_inode), sockets[slot].closedAt == nil else { return }
        sockets[slot].closedAt = record.header.timestamp_ns
        sockets[slot].lastSeen = max(sockets[slot].lastSeen, record.header.timestamp_ns)
        closed.append((slot, sockets[slot].number))
        if closed.count >= 2 * Self.closedLimit {
            for entry in closed.prefix(Self.closedLimit) where sockets[entry.slot].number == entry.number {
                finish(entry.slot)
            }
            closed.removeFirst(Self.closedLimit)
        }
    }

    /// The socket's slot; `nil`: too many are told apart, or the record tells none.
    mutating func enter(_ inode: UInt64, at now: UInt64, isBorn: Bool = false) -> Int32? {
        if let known = sockets.slot(inode) {
            if now > sockets[known].lastSeen { sockets[known].lastSeen = now }
            return known
        }
        return inode == 0 ? nil : add(inode, at: now, isBorn: isBorn)
    }

    mutating func add(_ inode: UInt64, at now: UInt64, isBorn: Bool) -> Int32? {
        guard sockets.count + ended.count < Self.limit else {
            unlisted &+= 1
            return nil
        }
        let isTimed = sockets.count < Self.timedLimit
        if !isTimed { untimed &+= 1 }
        entered &+= 1
        return sockets.insert(
            inode, TrafficState(inode: inode, number: entered, at: now, isBorn: isBorn, isTimed: isTimed))
    }

    /// A socket is born. One of the same inode that is older has closed.
    mutating func enterBorn(_ inode: UInt64, at now: UInt64) -> Int32? {
        if let known = sockets.slot(inode) {
            let socket = sockets[known].socket
            // A record of the socket may be a little ahead of that of its birth: records of two processors.
            let age = now &- min(now, socket.firstSeen.nanoseconds)
            if socket.id.bornAt == nil, sockets[known].closedAt == nil, age < 1_000_000_000 {
                sockets[known].socket.id.bornAt = MonotonicInstant(nanoseconds: now)
                return known
            }
            finish(known)
        }
        return enter(inode, at: now, isBorn: true)
    }

    mutating func finish(_ slot: Int32) {
        let state = sockets[slot]
        guard sockets.remove(state.socket.id.inode) != nil else { return }
        ended.append(state.summary)
        sums.settle(inode: state.socket.id.inode)
    }

    mutating func setEnds(of slot: Int32, _ local: Endpoint?, _ remote: Endpoint?) {
        if let local { sockets[slot].socket.local = local }
        if let remote { sockets[slot].socket.remote = remote }
    }
}
