// SPDX-License-Identifier: Apache-2.0
import CLinuxDiag
import CTraceRecords
import Glibc
import Testing
import TestSupport

@testable import TargetInspection

/// The parsers of the kernel's netlink answers, on made and on damaged bytes.
@Suite(.timeLimit(.minutes(15))) struct CensusNetlinkTests {
    private static func bytes<Value>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    private static func message(_ type: Int32, _ payload: [UInt8]) -> [UInt8] {
        var header = nlmsghdr()
        header.nlmsg_len = UInt32(16 + payload.count)
        header.nlmsg_type = UInt16(type)
        header.nlmsg_seq = 1
        return (bytes(header) + payload).padded()
    }

    private static func attribute(_ type: Int, _ value: [UInt8]) -> [UInt8] {
        (bytes(nlattr(nla_len: UInt16(4 + value.count), nla_type: UInt16(type))) + value).padded()
    }

    private static func unixMessage(_ inode: UInt32, name: [UInt8], peer: UInt32, pending: [UInt32] = []) -> [UInt8] {
        var message = unix_diag_msg()
        message.udiag_family = 1
        message.udiag_type = 1
        message.udiag_state = pending.isEmpty ? 1 : 10
        message.udiag_ino = inode
        return bytes(message) + attribute(UNIX_DIAG_NAME, name) + attribute(UNIX_DIAG_PEER, bytes(peer))
            + attribute(UNIX_DIAG_ICONS, pending.flatMap { bytes($0) })
            + attribute(UNIX_DIAG_RQLEN, bytes(unix_diag_rqlen(udiag_rqueue: 7, udiag_wqueue: 11)))
    }

    private static func inetMessage(_ inode: UInt32) -> [UInt8] {
        var message = inet_diag_msg()
        message.idiag_family = 2
        message.idiag_state = 1
        message.idiag_inode = inode
        message.idiag_rqueue = 13
        message.id.idiag_sport = UInt16(8080).bigEndian
        var info = tcp_info()
        info.tcpi_rtt = 17
        info.tcpi_total_retrans = 19
        info.tcpi_last_data_recv = 23
        info.tcpi_last_data_sent = 29
        return bytes(message) + attribute(8, [1]) + attribute(Int(INET_DIAG_INFO), bytes(info))
    }

    private static func observed(_ inodes: [UInt64]) -> ObservedSockets {
        var sockets = ObservedSockets()
        var slots: [Int] = []
        sockets.begin(inodes.map { .init(descriptor: Int32($0), socketInode: $0) }, slots: &slots)
        return sockets
    }

    /// Feeds a datagram to the parsers as a dump does. Returns whether it was truncated.
    private static func feed(
        _ datagram: [UInt8], _ sockets: inout ObservedSockets, _ names: inout UnixNames, transport: UInt16?
    ) -> Bool {
        datagram.withUnsafeBytes { bytes in
            var messages = NetlinkMessages(bytes)
            while let message = messages.next() {
                guard let transport else {
                    UnixDiagnosis.resolve(message.payload, into: &sockets, names: &names)
                    continue
                }
                InetDiagnosis(family: 2, transport: transport).resolve(message.payload, into: &sockets)
            }
            return messages.isTruncated
        }
    }

    @Test func unixAnswers() {
        let path = Array("/run/db.sock\0".utf8)
        let datagram =
            Self.message(SOCK_DIAG_BY_FAMILY, Self.unixMessage(5, name: path, peer: 0, pending: [3, 0, 77]))
            + Self.message(SOCK_DIAG_BY_FAMILY, Self.unixMessage(2, name: [], peer: 4))
            + Self.message(SOCK_DIAG_BY_FAMILY, Self.unixMessage(3, name: [], peer: 0))
            + Self.message(SOCK_DIAG_BY_FAMILY, Self.unixMessage(4, name: path, peer: 2))
        var (sockets, names) = (Self.observed([2, 3]), UnixNames())
        #expect(!Self.feed(datagram, &sockets, &names, transport: nil))
        #expect(sockets.unresolvedCount == 0)
        #expect(sockets.records.map(\.receive_queue_bytes) == [7, 7])
        // Of the accepted connection from the peer, of the waiting one from the listener that holds it.
        for inode: UInt64 in [2, 3] { #expect(names.remoteName(of: inode).map { Array($0) } == path.dropLast()) }
        #expect(names.remoteName(of: 77) == nil)
        #expect(!names.hasUnseenPeers)
    }

    @Test func inetAnswers() {
        var (sockets, names) = (Self.observed([41]), UnixNames())
        let datagram = Self.message(SOCK_DIAG_BY_FAMILY, Self.inetMessage(41))
        #expect(!Self.feed(datagram, &sockets, &names, transport: 6))
        let record = sockets.records[0]
        #expect(record.local_port == 8080 && record.receive_queue_bytes == 13)
        #expect(record.round_trip_us == 17 && record.retransmits == 19)
        #expect(record.last_receive_age_ms == 23 && record.last_send_age_ms == 29)
    }

    /// mptcp_info has the same attribute type and another meaning.
    @Test func multipathTCPHasNoTCPInfo() {
        var (sockets, names) = (Self.observed([41]), UnixNames())
        let datagram = Self.message(SOCK_DIAG_BY_FAMILY, Self.inetMessage(41))
        #expect(!Self.feed(datagram, &sockets, &names, transport: InetDiagnosis.multipathTCP))
        #expect(sockets.records[0].protocol == 262 && sockets.records[0].round_trip_us == 0)
        #expect(sockets.records[0].last_receive_age_ms == PS_AGE_UNKNOWN)
    }

    @Test func everyTruncationIsNoticed() {
        let first = Self.message(SOCK_DIAG_BY_FAMILY, Self.inetMessage(41))
        let datagram = first + Self.message(SOCK_DIAG_BY_FAMILY, Self.inetMessage(42))
        for length in 1..<datagram.count where length != first.count {
            var (sockets, names) = (Self.observed([41, 42]), UnixNames())
            #expect(Self.feed(Array(datagram[..<length]), &sockets, &names, transport: 6))
            #expect(sockets.unresolvedCount == (length < first.count ? 2 : 1))
        }
    }

    @Test func mutatedAnswers() {
        var random = SeededGenerator(seed: 7_919)
        let inet = Self.message(SOCK_DIAG_BY_FAMILY, Self.inetMessage(41))
        let unix = Self.message(
            SOCK_DIAG_BY_FAMILY, Self.unixMessage(41, name: Array("/run/x".utf8), peer: 3, pending: [1, 2, 3]))
        for round in 0..<6000 {
            var datagram = (round % 2 == 0 ? inet : unix) + (round % 3 == 0 ? unix : inet)
            for _ in 0...random.below(5) { datagram[random.below(datagram.count)] = UInt8(random.below(256)) }
            datagram.removeLast(random.below(9))
            var (sockets, names) = (Self.observed([41]), UnixNames())
            _ = Self.feed(datagram, &sockets, &names, transport: round % 2 == 0 ? 6 : nil)
            #expect(sockets.records.map(\.socket_inode) == [41])
        }
    }

    @Test func aFamilyThatTheKernelDoesNotHaveIsAnError() throws {
        var diagnosis = SocketDiagnosis(try DiagnosisSocket())
        var request = unix_diag_req()
        request.sdiag_family = 44 + 100  // beyond AF_MAX
        let bytes = Self.bytes(request)
        let error = #expect(throws: CensusError.self) { try diagnosis.dump(bytes, of: "nothing") { _ in } }
        #expect(error?.code == .diagnosisUnavailable)
        // The socket is of use afterwards.
        var answers = 0
        #expect(try diagnosis.dump(UnixDiagnosis.request, of: "unix") { _ in answers += 1 })
        #expect(answers > 0)
    }
}

extension [UInt8] {
    /// Filled up to a multiple of four, as netlink aligns.
    fileprivate func padded() -> Self { self + Self(repeating: 0, count: (4 - count % 4) % 4) }
}
