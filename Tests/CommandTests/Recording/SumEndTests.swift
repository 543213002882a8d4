// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
import TraceFile
import TraceModel

extension CommandTests.WatchingTheClock {
    @Suite(
        "Sums when the target is gone before anybody can look again", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord), .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct SumEndTests {
        /// Sends and receives: the latest sums of each socket, and the calls that have a record of their own.
        private func calls(in trace: String) throws -> (sends: UInt64, receives: UInt64, summed: UInt64) {
            var latest: [UInt64: ps_socket_sum] = [:]
            var (sends, receives): (UInt64, UInt64) = (0, 0)
            _ = try TraceReader(path: trace).forEachInTimeOrder { view in
                switch view.record {
                case .socketSum(let sum): latest[sum.socket_inode] = sum
                case .socketIO(let io) where io.result > 0:
                    if io.operation == ps_io_operation.send.rawValue { sends += 1 } else { receives += 1 }
                default: break
                }
            }
            let summed = latest.values.reduce(0) { $0 + $1.sends + $1.receives }
            sends = latest.values.reduce(sends) { $0 + $1.sends }
            receives = latest.values.reduce(receives) { $0 + $1.receives }
            return (sends, receives, summed)
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
            let calls = try calls(in: trace)
            #expect(calls.sends == 997 && calls.receives == 997 && calls.summed > 997, "\(calls)")
            #expect(outcome.output.contains("\(calls.summed) receives and sends of 2 sockets"), "\(outcome.output)")
        }
    }
}
