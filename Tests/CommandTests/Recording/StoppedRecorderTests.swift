// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests.WatchingTheClock {
    @Suite(
        "A recorder that is held up", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord),
        .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct StoppedRecorderTests {
        @Test("SIGSTOP under load: what the ring has no room for is counted, each call, and the report says so")
        func stopped() throws {
            let rounds = 60_013  // of a send and a receive: 8 times what the ring holds
            let folder = ScratchFolder()
            let target = try Loopback(pause: 0, rounds: rounds)
            let recording = try Recording(
                of: target.processID, to: folder.file("x.pscope"), ["--ring", "1", "--detail", "full"])
            target.kill(SIGUSR1)
            try recording.grows(by: 1000)
            recording.kill(SIGSTOP)
            sleep(2)
            recording.kill(SIGCONT)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(try target.exitCode() == 0, "it never waited for the recorder")

            let recorded = try Self.show("socket_io", in: recording.trace)
            let lost = try Self.show("loss", in: recording.trace).reduce(0) { sum, line in
                let isOfCalls = Self.number("lost_kind", in: line) == 5  // ps_record_kind_socket_io
                return try sum + (isOfCalls ? #require(Self.number("count", in: line)) : 0)
            }
            #expect(lost > 0)
            #expect(recorded.count > 0)
            #expect(recorded.count + lost == 2 * rounds, "\(recorded.count) recorded, \(lost) lost")
            let report = try Poolscope.run(["analyze", recording.trace])
            #expect(report.output.contains("lost"), "\(report)")
        }

        private static func show(_ kind: String, in trace: String) throws -> [Substring] {
            let shown = try Poolscope.run(["show", trace, "--kind", kind, "--format", "json"])
            try #require(shown.exitCode == 0, "\(shown.error)")
            return shown.output.split(separator: "\n")
        }

        private static func number(_ field: String, in line: Substring) -> Int? {
            let parts = line.split(separator: "\"\(field)\":", maxSplits: 1)
            return parts.count == 2 ? Int(parts[1].prefix { $0.isNumber }) : nil
        }
    }
}
