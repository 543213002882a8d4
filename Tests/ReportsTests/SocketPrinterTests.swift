// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Foundation
import Reports
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct SocketPrinterTests {
    private let printer = SocketPrinter(
        wallClock: WallClock(
            monotonic: MonotonicInstant(nanoseconds: 1_000), wallNanoseconds: 1_740_830_400_000_000_000))

    private var socket: SocketTraffic {
        var socket = SocketTraffic(
            id: SocketID(inode: 40_961, bornAt: MonotonicInstant(nanoseconds: 1_000)),
            firstSeen: MonotonicInstant(nanoseconds: 1_000))
        socket.family = 2
        socket.protocolNumber = 6
        socket.local = .ipv4(address: 0x0a00_0009, port: 40_000)
        socket.remote = .ipv4(address: 0x0a00_0005, port: 5432)
        socket.lastSeen = MonotonicInstant(nanoseconds: 2_000)
        socket.closedAt = MonotonicInstant(nanoseconds: 2_000)
        socket.receives.calls = 1_234_567
        socket.receives.bytes = 3 << 20
        socket.receives.wouldBlocks = 11
        socket.receives.times = DurationStatistics(
            count: 1_234_567, p50: .microseconds(250), p99: .milliseconds(31), longest: .seconds(1),
            total: .seconds(400))
        socket.sends.calls = 601
        socket.sends.bytes = 60_100
        socket.sends.failures = 1
        socket.leases = 307
        socket.openLeases = 2
        socket.holds = DurationStatistics(
            count: 305, p50: .milliseconds(2), p99: .milliseconds(840), longest: .seconds(1), total: .seconds(3))
        return socket
    }

    @Test func text() {
        #expect(
            SocketPrinter.heading
                == "   socket   recv    bytes     p50     p99   send    bytes lease     p50     p99 endpoint")
        #expect(
            printer.text(socket)
                == "    40961   1.2M    3 MiB  250 us   31 ms    601 58.6 KiB   307    2 ms  840 ms 10.0.0.5:5432")
        var accepted = socket
        accepted.isAccepted = true
        accepted.receives.times = DurationStatistics()
        #expect(
            printer.text(accepted)
                == "    40961   1.2M    3 MiB       -       -    601 58.6 KiB   307    2 ms  840 ms < 10.0.0.5:5432")
    }

    @Test func json() {
        #expect(
            printer.json(socket)
                == #"{"schema":"poolscope.sockets/2","socket_inode":40961,"family":2,"protocol":6,"#
                + #""local":"10.0.0.9:40000","remote":"10.0.0.5:5432","is_accepted":false,"#
                + #""opened":{"timestamp_ns":1000,"at":"2025-03-01T12:00:00.000Z"},"#
                + #""first_seen":{"timestamp_ns":1000,"at":"2025-03-01T12:00:00.000Z"},"#
                + #""last_seen":{"timestamp_ns":2000,"at":"2025-03-01T12:00:00.000Z"},"#
                + #""closed":{"timestamp_ns":2000,"at":"2025-03-01T12:00:00.000Z"},"#
                + #""receives":{"calls":1234567,"bytes":3145728,"would_block":11,"failures":0,"aggregated":0,"#
                + #""times":{"count":1234567,"p50_ns":250000,"p99_ns":31000000,"longest_ns":1000000000,"#
                + #""total_ns":400000000000}},"sends":{"calls":601,"bytes":60100,"would_block":0,"failures":1,"#
                + #""aggregated":0,"times":null},"leases":307,"open_leases":2,"holds":{"count":305,"p50_ns":2000000,"#
                + #""p99_ns":840000000,"longest_ns":1000000000,"total_ns":3000000000}}"#)
    }

    @Test func everyKeyIsDocumented() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: root + "/docs/report-schema.md", encoding: .utf8)
        let section = try #require(page.split(separator: "`\(SocketPrinter.schema)`", maxSplits: 1).last)
        var keys: Set<String> = []
        try JSONDecoder().decode(AnyJSON.self, from: Data(printer.json(socket).utf8)).collectKeys(into: &keys)
        for key in keys { #expect(section.contains("`\(key)`"), "\(key) is not in docs/report-schema.md") }
        #expect(keys.count > 25)
    }

    @Test func whatATargetSaysCannotReachTheTerminal() {
        var hostile = socket
        hostile.remote = Endpoint(unixPath: Array("/run/\u{1b}[31m\u{202e}".utf8) + [UInt8](repeating: 0x61, count: 90))
        let line = printer.text(hostile)
        #expect(!line.contains("\u{1b}") && !line.contains("\u{202e}") && line.count <= 100 && line.hasSuffix("..."))
        hostile.remote = nil
        hostile.local = nil
        hostile.protocolNumber = 17
        #expect(printer.text(hostile).hasSuffix(" (udp)"))
    }
}
