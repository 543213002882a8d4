// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What a census tells of the sockets.
extension Core {
    private static let tcp: UInt16 = 6
    private static let listening: UInt16 = 10
    private static let listed: Set<RecordKind> = [.censusSocket]

    /// - Returns: `nil`: only that the socket is there.
    mutating func noteCensus(_ record: ps_census_socket, _ ordinal: UInt64) -> Int32? {
        let socket = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        sockets.refer(record.descriptor, to: socket)
        sockets[socket].censusIndex = record.census_index
        sockets[socket].censusAt = record.header.timestamp_ns
        if record.flags & PS_CENSUS_BEFORE_ATTACH != 0 { sockets[socket].isOlderThanTrace = true }
        if record.flags & PS_CENSUS_DETAILS_UNKNOWN != 0 { return nil }
        sockets[socket].setKind(family: record.family, record.protocol)
        let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port)
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        if let local { sockets[socket].local = local }
        if let remote, record.remote_port != 0 { sockets[socket].remote = remote }
        sockets[socket].receiveQueueBytes = record.receive_queue_bytes
        sockets[socket].sendQueueBytes = record.send_queue_bytes
        sockets[socket].roundTripMicroseconds = record.round_trip_us
        sockets[socket].retransmits = record.retransmits
        noteAges(record, socket)
        noteKeepalive(record, socket)
        if record.timer == ps_socket_timer.zero_window.rawValue {
            let event = EventMark(record.header, ordinal: ordinal).reference
            if sockets[socket].closedWindows?.add(event) == nil {
                sockets[socket].closedWindows = ClosedWindows(event)
            }
        }
        return socket
    }

    private mutating func noteAges(_ record: ps_census_socket, _ socket: Int32) {
        func moment(_ age: UInt32) -> UInt64 {
            let nanoseconds = UInt64(age) * 1_000_000
            let now = record.header.timestamp_ns
            return age == PS_AGE_UNKNOWN || nanoseconds > now ? 0 : now - nanoseconds
        }
        let received = moment(record.last_receive_age_ms)
        let sent = moment(record.last_send_age_ms)
        sockets[socket].lastActivityByCensus = max(received, sent)
        sockets[socket].isSendLastByCensus = sent > received
    }

    mutating func noteListener(_ record: ps_census_socket) {
        if record.protocol == Self.tcp, record.state == Self.listening { listeningPorts.insert(record.local_port) }
    }

    /// A port on which the process listens, before the next census finds it.
    mutating func noteListener(_ record: ps_socket_listen) {
        guard record.protocol == Self.tcp, record.result == 0, record.local_port != 0 else { return }
        listeningPorts.insert(record.local_port)
    }

    /// Sockets that the census did not find: they are closed.
    func missing(from record: ps_census_end) -> [Int32] {
        // A census whose own records were lost proves no absence; the next one does.
        if losses.meets(Self.listed, from: record.started_ns, to: record.header.timestamp_ns) { return [] }
        let gone = sockets.live.filter { slot in
            let socket = sockets[slot]
            let lastSeen = max(socket.firstSeen, socket.bornAt, socket.lastActivity?.timestamp ?? 0)
            return lastSeen < record.started_ns && socket.censusIndex != record.census_index
                || (socket.censusAt == 0 && lastSeen < record.started_ns)
        }
        // Sorted: the order in which sockets close must not depend on hashing.
        return gone.sorted()
    }
}
