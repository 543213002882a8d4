// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import Testing
import TraceFile
import TraceModel

extension CommandTests.WatchingTheClock {
    @Suite(
        "Sums for what recording costs the target", .enabled(if: Host.isRoot, Host.isNotRoot),
        .enabled(if: Host.canRecord, Host.cannotRecord), .enabled(if: Host.hasCompiler, Host.hasNoCompiler))
    struct CostLimitTests {
        /// A target that does nothing but send and receive, for most of a core's time, whatever else runs here.
        private func recorded(costLimit: String) throws -> (changes: [ps_detail_change], report: String) {
            let target = try Loopback(pause: 0, prefix: ["nice", "-n", "-10"])
            let trace = target.folder.file("x.pscope")
            let recording = try Recording(
                of: target.processID, to: trace,
                ["--duration", "5s", "--call-limit", "100000000", "--cost-limit", costLimit])
            let outcome = try recording.outcome()
            #expect(outcome.exitCode <= 1, "\(outcome)")
            var changes: [ps_detail_change] = []
            _ = try TraceReader(path: trace).forEachInTimeOrder { view in
                if case .detailChange(let change) = view.record { changes.append(change) }
            }
            return (changes, outcome.output)
        }

        @Test("They are summed up when it is more than allowed, and both are told")
        func dear() throws {
            let (changes, report) = try recorded(costLimit: "0.5")
            #expect(changes.count == 2, "both ends of the connection")
            for change in changes {
                #expect(change.causes == UInt32(PS_DETAIL_FOR_COST) && change.cost_limit_permille == 5)
                #expect(change.cost_ns > 20_000_000, "of a second")
                #expect(change.target_cpu_ns > change.cost_ns && change.target_cpu_ns < 2_000_000_000)
            }
            let words = report.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("may take 0.5 % (--cost-limit)"), "\(report)")
        }

        @Test("And not when it is less")
        func cheap() throws {
            let (changes, report) = try recorded(costLimit: "90")
            #expect(changes.isEmpty && !report.contains("summed up"), "\(report)")
        }
    }
}
