// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing

@testable import TargetInspection

/// What the census tells about a socket's buffers and timers, against getsockopt(2) and `/proc/net/udp`.
@Suite(.timeLimit(.minutes(15))) struct CensusQualityTests {
    private static func option(_ socket: CensusTestSocket, _ level: Int32, _ name: Int32) -> UInt32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket.descriptor, level, name, &value, &length)
        return UInt32(bitPattern: value)
    }

    private static func set(_ socket: CensusTestSocket, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(socket.descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The last column of a socket's line in `/proc/self/net/udp`.
    private static func witnessedDrops(_ inode: UInt64) throws -> UInt32 {
        let file = try #require(fopen("/proc/self/net/udp", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, 512, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split(whereSeparator: \.isWhitespace)
            if fields.count >= 13, fields[9] == "\(inode)" { return try #require(UInt32(fields[12])) }
        }
        throw CensusError.failed("/proc/self/net/udp", errno: ENOENT)
    }

    /// Takes a census every 10 ms until the record of `socket` is as expected, at most for 10 s.
    private static func await(
        _ socket: CensusTestSocket, _ condition: (ps_census_socket) -> Bool
    ) throws -> ps_census_socket {
        var record = try CensusTaken.ofThisProcess().only(socket)
        for _ in 0..<1000 where !condition(record) {
            usleep(10_000)
            record = try CensusTaken.ofThisProcess().only(socket)
        }
        return record
    }

    @Test func dropsAndBuffersOfDatagrams() throws {
        let receiver = try CensusTestSocket(AF_INET, SOCK_DGRAM)
        Self.set(receiver, SOL_SOCKET, SO_RCVBUF, 4096)
        try receiver.bind(CensusTestSocket.loopback(AF_INET))
        let sender = try CensusTestSocket(AF_INET, SOCK_DGRAM)
        Self.set(sender, SOL_SOCKET, SO_SNDBUF, 40_000)
        try sender.connect(CensusTestSocket.loopback(AF_INET, port: receiver.port))
        for _ in 0..<89 { try sender.send(bytes: 113) }

        let record = try Self.await(receiver) { $0.drops > 0 }
        #expect(record.drops > 0 && record.drops < 89)
        #expect(try record.drops == Self.witnessedDrops(receiver.inode))
        #expect(record.receive_buffer_bytes == Self.option(receiver, SOL_SOCKET, SO_RCVBUF))
        #expect(record.receive_memory_bytes > 113)
        #expect(record.timer == 0 && record.timer_expires_ms == 0)
        let idle = try CensusTaken.ofThisProcess().only(sender)
        #expect(idle.send_buffer_bytes == Self.option(sender, SOL_SOCKET, SO_SNDBUF))
        #expect(idle.drops == 0 && idle.receive_memory_bytes == 0)
    }

    @Test func timersOfConnections() throws {
        let (_, pairs) = try CensusInetTests.connections(2, AF_INET)
        let (kept, other) = (pairs[0].client, pairs[1].client)
        Self.set(kept, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 1009)
        Self.set(kept, SOL_SOCKET, SO_KEEPALIVE, 1)
        let taken = try CensusTaken.ofThisProcess()
        let record = try taken.only(kept)
        #expect(record.timer == ps_socket_timer.keepalive.rawValue && record.timer_retries == 0)
        #expect(record.timer_expires_ms > 900_000 && record.timer_expires_ms <= 1_009_000 + 1000)
        #expect(try taken.only(other).timer == ps_socket_timer.none.rawValue)
        for (client, server) in pairs {
            for socket in [client, server] {
                let record = try taken.only(socket)
                #expect(record.receive_buffer_bytes == Self.option(socket, SOL_SOCKET, SO_RCVBUF))
                #expect(record.send_buffer_bytes == Self.option(socket, SOL_SOCKET, SO_SNDBUF))
                #expect(record.drops == 0)
                #expect(record.retransmit_timeout_us >= 200_000 && record.retransmit_timeout_us < 4_000_000)
                #expect(record.round_trip_variation_us > 0)
            }
        }
    }

    @Test func aPeerThatDoesNotReadAndOneThatIsGone() throws {
        let (_, pairs) = try CensusInetTests.connections(2, AF_INET)
        let bytes = [UInt8](repeating: 3, count: 65_536)
        while send(pairs[0].client.descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
        // struct sock_filter of linux/filter.h: BPF_RET | BPF_K, keep 0 bytes. Its program: length, padding, pointer.
        var nothing: UInt64 = 0x06
        let server = pairs[1].server.descriptor
        let result = withUnsafePointer(to: &nothing) { instruction in
            setsockopt(server, SOL_SOCKET, SO_ATTACH_FILTER, [1, UInt(bitPattern: instruction)], 16)
        }
        try #require(result == 0)
        try pairs[1].client.send(bytes: 7)

        let full = try Self.await(pairs[0].client) { $0.timer == ps_socket_timer.zero_window.rawValue }
        #expect(full.timer == ps_socket_timer.zero_window.rawValue && full.send_queue_bytes > 0)
        let gone = try Self.await(pairs[1].client) { $0.timer_retries >= 2 }
        #expect(gone.timer == ps_socket_timer.retransmit.rawValue && gone.retransmits >= 2)
        #expect(gone.data_segments_sent > gone.retransmits, "the first one, and those sent again")
        #expect(gone.segments_sent > gone.data_segments_sent, "the SYN and an acknowledgement besides")
        #expect(gone.retransmit_timeout_us >= 400_000 && gone.timer_expires_ms <= gone.retransmit_timeout_us / 1000)
    }
}
