// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
import TestSupport

@testable import TargetInspection

/// The parsers of what the kernel says, on recorded text and bytes, and on the same with damage.
@Suite(.timeLimit(.minutes(15))) struct CensusParserTests {
    private static let tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:B993 00000000:0000 0A 00000000:00000005 00:00000000 00000000     0        0 21549 1 00000000aad6dfd2 100 0 0 10 0
           1: 0100007F:9C40 0A01A8C0:1538 01 00000010:000004D5 01:00000014 00000002  1000        0 21550 2 0000000000000000 20 4 30 10 -1
           2: 0100007F:9C41 0A01A8C0:1538 08 00000000:000001A4 00:00000000 00000000  1000        0 21551 2 0000000000000000 20 4 30 10 -1
           3: 0100007F:9C42 0A01A8C0:1538 06 00000000:00000000 03:00000E10 00000000     0        0 0 3 0000000000000000

        """
    private static let tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: B80D0120000000000000000001000000:1F90 0000000000000000FFFF00000100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 31 1 0000000000000000 20 0 0 10 -1

        """
    private static let unix = """
        Num       RefCount Protocol Flags    Type St Inode Path
        0000000000000000: 00000002 00000000 00010000 0001 01 41 /run/my server.sock
        0000000000000000: 00000003 00000000 00000000 0001 03    42
        0000000000000000: 00000003 00000000 00000000 0002 01 43 @abstract
        0000000000000000: 00000003 00000000 00000000 0005 03 44 @

        """

    private static func observed(_ inodes: [UInt64]) -> ObservedSockets {
        var sockets = ObservedSockets()
        var slots: [Int] = []
        sockets.begin(inodes.map { .init(descriptor: Int32($0), socketInode: $0) }, slots: &slots)
        return sockets
    }

    private static func resolve(_ table: InetTable, _ text: [UInt8], _ sockets: inout ObservedSockets) -> Int {
        text.withUnsafeBytes { table.resolve($0, into: &sockets) }
    }

    private static let table4 = InetTable(family: 2, type: 1, transport: 6)
    private static let table6 = InetTable(family: 10, type: 1, transport: 6)

    @Test func recordedTCP() {
        var sockets = Self.observed([21_549, 21_550, 21_551, 99])
        #expect(Self.resolve(Self.table4, Array(Self.tcp.utf8), &sockets) == 0)
        let records = sockets.records
        #expect(sockets.unresolvedCount == 1)  // 99
        #expect(records.map(\.state) == [10, 1, 8, 0])
        #expect(records.map(\.local_port) == [47_507, 40_000, 40_001, 0])
        #expect(records.map(\.remote_port) == [0, 5432, 5432, 0])
        #expect(records.map(\.receive_queue_bytes) == [0, 1237, 419, 0])  // 5 is a backlog; 420 counts the FIN
        #expect(records.map(\.send_queue_bytes) == [0, 16, 0, 0])
        #expect(censusBytes(records[1].local_address).prefix(5) == [127, 0, 0, 1, 0])
        #expect(censusBytes(records[1].remote_address).prefix(5) == [192, 168, 1, 10, 0])

        var sockets6 = Self.observed([31])
        #expect(Self.resolve(Self.table6, Array(Self.tcp6.utf8), &sockets6) == 0)
        let record = sockets6.records[0]
        #expect(record.local_port == 8080 && record.remote_port == 80)
        #expect(censusBytes(record.local_address) == [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1])
        #expect(censusBytes(record.remote_address).suffix(6) == [0xff, 0xff, 127, 0, 0, 1])
    }

    @Test func recordedUnix() {
        var sockets = Self.observed([41, 42, 43, 44])
        var names = UnixNames()
        let unreadable = Array(Self.unix.utf8).withUnsafeBytes {
            UnixTable.resolve($0, into: &sockets, names: &names)
        }
        #expect(unreadable == 0 && sockets.unresolvedCount == 0)
        #expect(sockets.records.map(\.state) == [10, 1, 7, 1])
        #expect(sockets.records.map(\.type) == [1, 1, 2, 5])
        #expect(names.localName(of: 41).map { Array($0) } == Array("/run/my server.sock".utf8))
        #expect(names.localName(of: 42) == nil)
        #expect(names.localName(of: 43).map { Array($0) } == Array("\0abstract".utf8))
    }

    @Test func unreadableLinesAreCounted() {
        let lines = Self.tcp.split(separator: "\n", omittingEmptySubsequences: false)
        // Every way to cut the second socket's line before its inode is noticed; after it, nothing is missing.
        let line = Array(lines[2].utf8)
        let inodeStart = line.indices.first { String(decoding: line[$0...], as: UTF8.self).hasPrefix("21550") } ?? 0
        for length in 1..<inodeStart {
            var sockets = Self.observed([21_550])
            let text = Array("heading\n".utf8) + line[..<length]
            #expect(Self.resolve(Self.table4, text, &sockets) == 1 && sockets.unresolvedCount == 1)
        }
        for inode in ["18446744073709551616", "-1", "0x10", ""] {
            var sockets = Self.observed([21_550])
            let text = Array("heading\n".utf8) + line[..<inodeStart] + Array(inode.utf8)
            #expect(Self.resolve(Self.table4, text, &sockets) == 1)
        }
    }

    /// Damage of any kind must neither stop the program nor touch a socket that the text does not name.
    @Test func mutatedText() {
        var random = SeededGenerator(seed: 20_261_121)
        for round in 0..<4000 {
            let source = [Self.tcp, Self.tcp6, Self.unix][round % 3]
            var text = Array(source.utf8)
            for _ in 0...random.below(7) {
                switch random.below(3) {
                case 0: text[random.below(text.count)] = UInt8(random.below(256))
                case 1: text.remove(at: random.below(text.count))
                default: text.insert(UInt8(random.below(256)), at: random.below(text.count))
                }
            }
            var sockets = Self.observed([21_549, 21_550, 31, 42])
            var names = UnixNames()
            let unreadable = text.withUnsafeBytes { bytes in
                switch round % 3 {
                case 0: Self.table4.resolve(bytes, into: &sockets)
                case 1: Self.table6.resolve(bytes, into: &sockets)
                default: UnixTable.resolve(bytes, into: &sockets, names: &names)
                }
            }
            #expect(unreadable <= text.count { $0 == UInt8(ascii: "\n") })
            #expect(sockets.records.map(\.socket_inode) == [21_549, 21_550, 31, 42])
        }
    }

    @Test func descriptorLinksAndLimits() {
        func inode(_ text: String) -> UInt64? { Array(text.utf8).withUnsafeBytes(DescriptorTable.socketInode) }
        #expect(inode("socket:[4294967295]") == 4_294_967_295)
        for text in [
            "socket:[]", "socket:[1", "socket:[1x]", "socket:", "", "pipe:[1]", "/socket:[1]",
            "socket:[99999999999999999999]",
        ] { #expect(inode(text) == nil) }

        func limit(_ text: String) -> UInt32 { Array(text.utf8).withUnsafeBytes(DescriptorTable.descriptorLimit) }
        let heading = "Limit                     Soft Limit           Hard Limit           Units     \n"
        #expect(
            limit(heading + "Max open files            1024                 1048576              files     \n") == 1024)
        #expect(
            limit(heading + "Max open files            unlimited            unlimited            files     \n") == .max)
        #expect(
            limit(heading + "Max open files            99999999999          1                    files     \n") == .max)
        #expect(limit(heading) == 0 && limit("Max open files") == 0 && limit("Max open files   x  \n") == 0)
    }
}
