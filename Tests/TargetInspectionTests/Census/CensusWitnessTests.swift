// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing

@testable import TargetInspection

private let censusHasSS = (try? CensusChild.output(of: ["ss", "-V"])) != nil

/// The census against `ss` of iproute2: another program that asks the same kernel.
@Suite(.enabled(if: censusMustRun || censusHasSS, "ss (package iproute2) is not installed"), .timeLimit(.minutes(15)))
struct CensusWitnessTests {
    private static let stateNames: [UInt16: String] = [1: "ESTAB", 7: "UNCONN", 8: "CLOSE-WAIT", 10: "LISTEN"]

    /// The fields of the lines of `ss` that belong to `inode`.
    private func line(_ inode: UInt64, in output: String) throws -> [Substring] {
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        return try #require(lines.first { $0.contains("ino:\(inode)") })
    }

    @Test(arguments: [AF_INET, AF_INET6]) func inet(family: Int32) throws {
        let (listener, pairs) = try CensusInetTests.connections(3, family)
        try pairs[0].server.send(bytes: 1237)
        // Until the receiver's window is full: the rest stays in the sender's queue.
        let flood = [UInt8](repeating: 0, count: 65_536)
        let doNotWait = Int32(MSG_DONTWAIT)
        while Glibc.send(pairs[1].client.descriptor, flood, flood.count, doNotWait) > 0 {}
        shutdown(pairs[2].server.descriptor, Int32(SHUT_WR))
        let datagrams = try CensusTestSocket(family, SOCK_DGRAM)
        try datagrams.bind(CensusTestSocket.loopback(family))
        let sender = try CensusTestSocket(family, SOCK_DGRAM)
        try sender.connect(CensusTestSocket.loopback(family, port: datagrams.port))
        for _ in 0..<7 { try sender.send(bytes: 97) }
        // The flood comes to rest within some delayed acknowledgements.
        usleep(300_000)

        let taken = try CensusTaken.ofThisProcess()
        let tcp = try #require(try CensusChild.output(of: ["ss", "-tanHeO"]))
        let udp = try #require(try CensusChild.output(of: ["ss", "-uanHeO"]))
        let sockets = [listener] + pairs.flatMap { [$0.client, $0.server] }
        let host = family == AF_INET ? "127.0.0.1" : "[::1]"
        for (socket, output) in sockets.map({ ($0, tcp) }) + [(datagrams, udp), (sender, udp)] {
            let record = try taken.only(socket)
            let fields = try line(socket.inode, in: output)
            try #require(fields.count > 5)
            #expect(String(fields[3]) == "\(host):\(record.local_port)")
            if record.remote_port != 0 { #expect(String(fields[4]) == "\(host):\(record.remote_port)") }
            guard let name = Self.stateNames[record.state] else { continue }  // FIN_WAIT1 or 2: a matter of time
            #expect(String(fields[0]) == name)
            if record.state == 10 { continue }  // ss shows the backlog there
            // ss shows the kernel's own count, with the peer's FIN as a byte.
            let fin: UInt32 = record.state == 8 ? 1 : 0
            #expect(UInt32(fields[1]) == record.receive_queue_bytes + fin)
            #expect(UInt32(fields[2]) == record.send_queue_bytes)
        }
        #expect(try taken.only(pairs[1].client).send_queue_bytes > 0)
        #expect(try taken.only(pairs[1].server).receive_queue_bytes > 65_536)
        #expect(try taken.only(datagrams).receive_queue_bytes > 7 * 97)
    }

    @Test func roundTripAndAges() throws {
        let (_, pairs) = try CensusInetTests.connections(1, AF_INET)
        try pairs[0].server.send(bytes: 11)
        usleep(120_000)
        let taken = try CensusTaken.ofThisProcess()
        let record = try taken.only(pairs[0].client)
        let output = try #require(try CensusChild.output(of: ["ss", "-tanHeiO"]))
        let fields = try line(pairs[0].client.inode, in: output)

        // rtt:AVERAGE/DEVIATION in milliseconds with up to three decimals, lastrcv:MILLISECONDS.
        let roundTrip = try #require(fields.first { $0.hasPrefix("rtt:") }?.dropFirst(4).split(separator: "/").first)
        let parts = roundTrip.split(separator: ".")
        let micros = parts.count == 2 ? String(parts[1]).padded(to: 3) : "000"
        #expect(UInt32(parts[0] + micros) == record.round_trip_us)
        #expect(record.last_receive_age_ms >= 100 && record.last_receive_age_ms < 60_000)
        let age = try #require(fields.first { $0.hasPrefix("lastrcv:") }.flatMap { UInt32($0.dropFirst(8)) })
        #expect(age >= record.last_receive_age_ms)  // ss looked later
        #expect(record.retransmits == 0)
    }

    @Test func unix() throws {
        let name = Array("/tmp/psc-witness-\(getpid())".utf8)
        let listener = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try listener.bind(CensusTestSocket.unix(name))
        defer { unlink(String(decoding: name, as: UTF8.self)) }
        try listener.listen()
        let client = try CensusTestSocket(AF_UNIX, SOCK_STREAM)
        try client.connect(CensusTestSocket.unix(name))
        let server = try listener.accept()
        try client.send(bytes: 503)
        let taken = try CensusTaken.ofThisProcess()
        let output = try #require(try CensusChild.output(of: ["ss", "-xaHO"]))

        // Netid State Recv-Q Send-Q Path Inode PeerPath PeerInode
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        for socket in [client, server] {
            let record = try taken.only(socket)
            let fields = try #require(lines.first { $0.count > 7 && $0[5] == "\(socket.inode)" })
            #expect(fields[1] == "ESTAB" && record.state == 1)
            #expect(UInt32(fields[2]) == record.receive_queue_bytes)
            #expect(UInt32(fields[3]) == record.send_queue_bytes)
        }
        #expect(try taken.only(server).receive_queue_bytes == 503)
        let fields = try #require(lines.first { $0.count > 7 && $0[5] == "\(client.inode)" })
        #expect(fields[7] == "\(server.inode)")
        let path = try #require(taken.path(of: client, isRemote: true))
        let own = try #require(lines.first { $0.count > 7 && $0[5] == "\(server.inode)" })
        #expect(String(own[4]) == String(decoding: path, as: UTF8.self))
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String { self + String(repeating: "0", count: max(0, length - count)) }
}
