// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Testing
import TestSupport
import TraceFile
import TraceModel
import TraceScripts

extension CommandTests {
    /// The same trace gives the same words, and they lead back to the trace.
    @Suite struct DeterminismTests {
        private let folder: ScratchFolder

        init() throws { folder = ScratchFolder() }

        private func write(_ script: TraceScript, _ name: String) throws -> String {
            let path = folder.file(name)
            let writer = try TraceWriter.create(path: path)
            for item in script.metadata { try writer.write(item) }
            for record in script.records { #expect(writer.append(record)) }
            try writer.finish(try #require(script.end))
            return path
        }

        /// Several of everything that is kept by key, so that an order that hashing decides would show.
        private var busy: TraceScript {
            var script = TraceScript.leakingService()
            script.site(4, "main.refund", "refund.go", 7)
            for index in 0..<UInt64(40) {
                let at = 6000 + Double(index) * 20
                let inode = 2000 + index
                script.lookup(at: at, "db\(index).internal", goroutine: 200 + index, took: 1)
                script.connect(
                    at: at + 1, inode: inode, descriptor: Int32(30 + index), goroutine: 200 + index,
                    port: UInt16(6000 + index), host: UInt8(20 + index))
                script.acquire(
                    at: at + 3, goroutine: 200 + index, connection: 0xf00 + index, inode: inode,
                    site: Int32(1 + index % 4), pool: 0xd0 + index % 7)
                script.query(at: at + 4, inode: inode, goroutine: 200 + index, took: Double(index))
                script.end(at: at + 5, goroutine: 300 + index, connection: 0, error: 0x80 + index % 5)
                if index % 3 != 0 {
                    script.release(
                        at: at + 60, goroutine: 200 + index, connection: 0xf00 + index, pool: 0xd0 + index % 7)
                }
            }
            return script
        }

        @Test("Two analyses of one file, in two processes, print the same bytes", arguments: ["json", "text"])
        func analyzedTwice(_ format: String) throws {
            let trace = try write(busy, "busy.pscope")
            let first = try Poolscope.run(["analyze", trace, "--format", format])
            let second = try Poolscope.run(["analyze", trace, "--format", format])
            #expect(first.exitCode == 1 && first.output.count > 5000)
            #expect(first.output == second.output)
            let leases = try (0..<2).map { _ in try Poolscope.run(["leases", trace, "--format", format]).output }
            #expect(leases[0].count > 2000 && leases[0] == leases[1])
        }

        @Test("An event that a finding cites is the record that 'show' prints")
        func citedEvent() throws {
            let trace = try write(.leakingService(), "leaking.pscope")
            let json = try Poolscope.run(["analyze", trace, "--format", "json"]).output
            let report = try JSONDecoder().decode(CitedReport.self, from: Data(json.utf8))
            let events = report.findings.flatMap(\.evidence).flatMap(\.events)
            #expect(events.count > 3)
            for event in events {
                let shown = try Poolscope.run(["show", trace, "--event", "\(event.event)"])
                #expect(shown.exitCode == 0)
                let lines = shown.output.split(separator: "\n")
                #expect(lines.count == 1, "\(shown.output)")
                #expect(lines.first?.contains("#\(event.event) ") == true, "\(shown.output)")
                #expect(lines.first?.contains(event.kind) == true, "\(shown.output)")
            }
            // In the text it is the same number.
            let text = try Poolscope.run(["analyze", trace]).output
            #expect(events.contains { text.contains("[#\($0.event) \($0.kind)]") })
            let beyond = try Poolscope.run(["show", trace, "--event", "1000000"])
            #expect(beyond.output.isEmpty)
        }

        @Test(
            "A wall clock that is set while the trace is recorded changes no verdict",
            arguments: [-86_400, 3600] as [Int64])
        func wallClockStep(_ step: Int64) throws {
            func findings(_ step: Int64) throws -> String {
                var script = busy
                script.clockPair(at: 12_000, step: step)
                script.clockPair(at: 25_000, step: 2 * step)
                let trace = try write(script, "clock\(step).pscope")
                return try Poolscope.run(["analyze", trace, "--format", "json"]).output
            }
            #expect(try findings(0) == findings(step))
        }

        @Test("Advice is chosen as rules are")
        func advice() throws {
            var script = TraceScript()
            script.site(1, "main.checkout", "checkout.go", 17)
            script.connect(at: 1, inode: 903, descriptor: 10, goroutine: 1)
            for round in 0..<UInt64(150) {
                let at = 100 + Double(round) * 50
                script.acquire(at: at, goroutine: 20 + round, connection: 0xc3, inode: 903, descriptor: 10, site: 1)
                script.query(at: at + 1, inode: 903, goroutine: 20 + round, took: 38)
                script.release(at: at + 40, goroutine: 20 + round, connection: 0xc3)
            }
            script.end = TraceEnd(reason: "interrupted", endedAt: TraceScript.instant(30_000))
            let trace = try write(script, "healthy.pscope")
            func text(_ arguments: String...) throws -> String {
                try Poolscope.run(["analyze", trace] + arguments).output
            }
            #expect(try text().contains("pool-size") && text().contains("timeout-setting"))
            let without = try text("--disable", "pool-size")
            #expect(!without.contains("pool-size") && without.contains("timeout-setting"))
            let only = try text("--rules", "lease-leak,timeout-setting")
            #expect(!only.contains("pool-size") && only.contains("timeout-setting"))
            let none = folder.write("none.json", Array(#"{"disable": ["pool-size", "timeout-setting"]}"#.utf8))
            let configured = try text("--config", none)
            #expect(!configured.contains("pool-size") && !configured.contains("timeout-setting"))
        }
    }
}

/// The part of a report that cites events.
private struct CitedReport: Decodable {
    struct Finding: Decodable { var evidence: [Evidence] }
    struct Evidence: Decodable { var events: [Event] }
    struct Event: Decodable {
        var event: UInt64
        var kind: String
    }

    var findings: [Finding]
}
