// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
import TraceFile
import TraceModel

extension CommandTests {
    @Suite(
        "Sums when the target is gone before anybody can look again", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord), .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct SumEndTests {
        /// The latest sums of each socket, as `sends receives`, without those of sockets that were not used.
        private func sums(in trace: String) throws -> [String] {
            var latest: [UInt64: ps_socket_sum] = [:]
            _ = try TraceReader(path: trace).forEachInTimeOrder { view in
                if case .socketSum(let sum) = view.record { latest[sum.socket_inode] = sum }
            }
            return latest.values.map { "\($0.sends) \($0.receives)" }.filter { $0 != "0 0" }.sorted()
        }

        @Test("It exits: every call is in the sums, and the analysis takes them")
        func targetExits() throws {
            let target = try Loopback(pause: 0, rounds: 997)
            let trace = target.folder.file("x.pscope")
            // The next census would be in five seconds.
            let recording = try Recording(of: target.processID, to: trace, ["--detail", "summary"])
            target.kill(SIGUSR1)
            let outcome = try recording.outcome()
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.error.contains("Recording ended: target exited."))
            #expect(try sums(in: trace) == ["0 997", "997 0"])
            #expect(outcome.output.contains("1994 receives and sends of 2 sockets"), "\(outcome.output)")
        }
    }
}
