// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing

@testable import TargetInspection

/// The census of TCP and UDP sockets; this process is the target.
@Suite(.timeLimit(.minutes(15))) struct CensusInetTests {
    static func address(_ family: Int32) -> [UInt8] {
        family == AF_INET ? [127, 0, 0, 1] + [UInt8](repeating: 0, count: 12) : [UInt8](repeating: 0, count: 15) + [1]
    }

    /// A listener, and connected pairs of client and accepted socket.
    static func connections(
        _ count: Int, _ family: Int32
    ) throws -> (listener: CensusTestSocket, pairs: [(client: CensusTestSocket, server: CensusTestSocket)]) {
        let listener = try CensusTestSocket(family, SOCK_STREAM)
        try listener.bind(CensusTestSocket.loopback(family))
        try listener.listen()
        let pairs = try (0..<count).map { _ in
            let client = try CensusTestSocket(family, SOCK_STREAM)
            try client.connect(CensusTestSocket.loopback(family, port: listener.port))
            return (client, try listener.accept())
        }
        return (listener, pairs)
    }

    @Test(arguments: [AF_INET, AF_INET6], [true, false])
    func tcpConnections(family: Int32, usesDiagnosis: Bool) throws {
        let (listener, pairs) = try Self.connections(7, family)
        let taken = try CensusTaken.ofThisProcess(usesDiagnosis: usesDiagnosis)

        let record = try taken.only(listener)
        #expect(record.state == 10 && record.local_port == listener.port && record.remote_port == 0)
        #expect(record.receive_queue_bytes == 0 && record.send_queue_bytes == 0)  // not the backlog of 128
        #expect(record.last_receive_age_ms == PS_AGE_UNKNOWN)
        for (client, server) in pairs {
            for (socket, local, remote) in [
                (client, client.port, listener.port), (server, listener.port, client.port),
            ] {
                let record = try taken.only(socket)
                #expect(record.family == UInt16(family) && record.protocol == 6 && record.type == 1)
                #expect(record.state == 1 && record.flags == 0)
                #expect(record.local_port == local && record.remote_port == remote)
                #expect(censusBytes(record.local_address) == Self.address(family))
                #expect(censusBytes(record.remote_address) == Self.address(family))
                #expect(record.retransmits == 0)
                #expect((record.round_trip_us > 0) == usesDiagnosis)
                #expect((record.last_send_age_ms < 60_000) == usesDiagnosis)
                #expect((record.last_receive_age_ms == PS_AGE_UNKNOWN) == !usesDiagnosis)
            }
        }
        let name = family == AF_INET ? "tcp" : "tcp6"
        #expect((taken.coverage.sources[name] == .diagnosis) == usesDiagnosis)
        #expect(taken.coverage.unreadableLines == 0)
    }

    @Test(arguments: [true, false]) func queuesAndHalfClosedConnections(usesDiagnosis: Bool) throws {
        var (_, pairs) = try Self.connections(3, AF_INET)
        try pairs[0].server.send(bytes: 1237)
        try pairs[1].server.send(bytes: 419)
        let halfClosed = [pairs[1].client, pairs[2].client]
        shutdown(pairs[1].server.descriptor, Int32(SHUT_WR))
        shutdown(pairs[2].server.descriptor, Int32(SHUT_WR))
        // Loopback delivers within the call, so that the FINs are there.
        let taken = try CensusTaken.ofThisProcess(usesDiagnosis: usesDiagnosis)

        #expect(try taken.only(pairs[0].client).receive_queue_bytes == 1237)
        #expect(try taken.only(pairs[0].client).state == 1)
        #expect(try taken.only(pairs[0].server).receive_queue_bytes == 0)
        for client in halfClosed { #expect(try taken.only(client).state == 8) }  // CLOSE_WAIT
        // 419 and a FIN wait; the FIN is not data.
        #expect(try taken.only(halfClosed[0]).receive_queue_bytes == 419)
        #expect(try taken.only(halfClosed[1]).receive_queue_bytes == 0)
        #expect([4, 5].contains(try taken.only(pairs[2].server).state))  // FIN_WAIT1 until the delayed ACK is there
        pairs.removeAll()
    }

    @Test(arguments: [AF_INET, AF_INET6], [true, false])
    func udpSockets(family: Int32, usesDiagnosis: Bool) throws {
        let bound = try CensusTestSocket(family, SOCK_DGRAM)
        try bound.bind(CensusTestSocket.loopback(family))
        let connected = try (0..<5).map { _ in
            let socket = try CensusTestSocket(family, SOCK_DGRAM)
            try socket.connect(CensusTestSocket.loopback(family, port: bound.port))
            return socket
        }
        try connected[0].send(bytes: 101)
        let taken = try CensusTaken.ofThisProcess(usesDiagnosis: usesDiagnosis)

        let server = try taken.only(bound)
        #expect(server.state == 7 && server.remote_port == 0 && server.local_port == bound.port)
        #expect(server.receive_queue_bytes > 101)  // memory of the datagram, with overhead
        for socket in connected {
            let record = try taken.only(socket)
            #expect(record.family == UInt16(family) && record.protocol == 17 && record.type == 2 && record.flags == 0)
            #expect(record.state == 1 && record.local_port == socket.port && record.remote_port == bound.port)
            #expect(censusBytes(record.remote_address) == Self.address(family))
            #expect(record.last_receive_age_ms == PS_AGE_UNKNOWN && record.last_send_age_ms == PS_AGE_UNKNOWN)
        }
    }

    @Test func socketsThatNoTableLists() throws {
        let fresh = try CensusTestSocket(AF_INET6, SOCK_STREAM)
        let netlink = try CensusTestSocket(AF_NETLINK, SOCK_RAW)
        let taken = try CensusTaken.ofThisProcess()

        for (socket, family, transport) in [(fresh, AF_INET6, UInt16(6)), (netlink, AF_NETLINK, 0)] {
            let record = try taken.only(socket)
            #expect(record.flags == PS_CENSUS_DETAILS_UNKNOWN)
            #expect(record.family == UInt16(family) && record.protocol == transport && record.state == 0)
            #expect(record.last_send_age_ms == PS_AGE_UNKNOWN)
        }
        #expect(taken.coverage.unresolvedCount >= 2)
    }

    @Test func headerFlagsAndEnd() throws {
        let (first, second) = try CensusTestSocket.pair()
        var census = try SocketCensus(processID: getpid())
        let before = first.inode
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        let earliest = UInt64(clock.tv_sec) * 1_000_000_000 + UInt64(clock.tv_nsec)
        let taken = try CensusTaken(&census, index: 41) { $0 == before }

        let end = try #require(taken.end)
        #expect(end.census_index == 41 && end.socket_count == UInt32(taken.sockets.count))
        #expect(end.descriptor_count >= end.socket_count + 3)  // standard input, output, error
        #expect(end.descriptor_limit == UInt32(clamping: limit.rlim_cur))
        #expect(end.started_ns >= earliest && end.header.timestamp_ns > end.started_ns)
        #expect(end.header.kind == 33 && end.header.process_id == UInt32(getpid()))
        #expect(try taken.only(first).flags == PS_CENSUS_BEFORE_ATTACH)
        let record = try taken.only(second)
        #expect(record.flags == 0 && record.census_index == 41)
        #expect(record.header.kind == 32 && record.header.process_id == UInt32(getpid()))
        #expect(record.header.timestamp_ns == end.started_ns && record.header.thread_id == 0 && record.header.cpu == 0)
    }
}
