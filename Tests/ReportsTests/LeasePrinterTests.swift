// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Reports
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LeasePrinterTests {
    /// One lease of each kind, at two sites of one pool.
    private var script: TraceScript {
        var script = TraceScript()
        script.site(1, "main.(*store).firstOverdueInvoice", "store.go", 29)
        script.site(2, "example.org/very/long/path/orders.(*Repository[...]).FindAllByCustomer", "repository.go", 1234)
        script.errorType(0x77, "*errors.errorString")
        script.clockPair(at: 0)
        script.census(at: 1, index: 0, inode: 901, descriptor: 8, isFromBefore: true)
        script.begin(at: 9, goroutine: 5)
        script.connect(at: 10, inode: 900, descriptor: 7, goroutine: 5)
        script.end(at: 12, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.query(at: 13, inode: 900, goroutine: 5)
        script.release(at: 20, goroutine: 5, connection: 0xc0)
        script.acquire(at: 30, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7, site: 2)
        script.release(at: 45.5, goroutine: 5, connection: 0xc0, error: 0x77)
        script.connectionClose(at: 45.6, connection: 0xc0, goroutine: 5)
        script.socketClose(at: 45.7, inode: 900, goroutine: 5)
        script.acquire(at: 60, goroutine: 6, connection: 0xc1, inode: 901, descriptor: 8)
        script.release(at: 61, goroutine: 6, connection: 0xc1)
        script.connectionClose(at: 61.1, connection: 0xc1, goroutine: 6)
        script.end(at: 70, goroutine: 7, connection: 0xc2)
        script.acquire(at: 80, goroutine: 8, connection: 0xc2)
        script.connectionClose(at: 82, connection: 0xc2)
        script.acquire(at: 90, goroutine: 9, connection: 0xc3, site: 2)
        script.end = TraceEnd(reason: "interrupted", endedAt: TraceScript.instant(125_000))
        return script
    }

    private func print(_ script: TraceScript, _ line: (LeasePrinter, LeaseSummary) -> String) -> [String] {
        var analyzer = TraceAnalyzer(script.metadataWithEnd, keepsEndedLeases: true)
        for record in script.records { analyzer.consume(record) }
        analyzer.finish()
        let printer = LeasePrinter(analyzer.correlator.moments())
        return (analyzer.correlator.takeEndedLeases() + analyzer.analysis().openLeases).map { line(printer, $0) }
    }

    @Test func oneLineEach() {
        let lines = print(script) { $0.text($1, poolNumber: 1) }
        let heading = LeasePrinter(TraceAnalysis()).heading
        #expect(
            ([heading] + lines).joined(separator: "\n") == """
                lease   acquired    wait    hold ended              age  nth  # site
                    1   +0.012 s    3 ms    8 ms returned          2 ms  new  1 store.go:29 main.(*store).firstOv...
                    2   +0.030 s   10 us 15.5 ms closed, error    20 ms    2  1 repository.go:1234 orders.(*Repos...
                    3   +0.060 s   10 us    1 ms closed          >59 ms   1+  1 store.go:29 main.(*store).firstOv...
                    4   +0.070 s       ?       ? unknown              ?   1?  1 0x400100
                    5   +0.080 s   10 us    2 ms closed in use   >10 ms   2+  1 store.go:29 main.(*store).firstOv...
                    6   +0.090 s   10 us 2 min 4 s open                 ?   1?  1 repository.go:1234 orders.(*Rep...
                """)
        #expect(lines.allSatisfy { $0.count <= 100 })
    }

    @Test func jsonHasWhatIsKnown() throws {
        let line = try #require(print(script) { $0.json($1, poolName: "database/sql #1") }.dropFirst().first)
        #expect(
            line == #"{"schema":"poolscope.leases/2","lease":2,"pool":"database/sql #1","pool_address":"0xd0","#
                + #""connection":"0xc0","goroutine_id":5,"thread_id":100,"#
                + #""function":"example.org/very/long/path/orders.(*Repository[...]).FindAllByCustomer","#
                + #""file":"/src/orders/repository.go","line":1234,"#
                + #""requested":{"event":11,"kind":"pool_acquire_begin","timestamp_ns":1000029990000},"#
                + #""acquired":{"event":12,"kind":"pool_acquire_end","timestamp_ns":1000030000000},"#
                + #""acquired_at":"2025-03-01T12:00:00.030Z","#
                + #""ended":{"event":13,"kind":"pool_release","timestamp_ns":1000045500000},"#
                + #""how_ended":"closed with error","is_error":true,"error_type":"*errors.errorString","#
                + #""wait_ns":10000,"hold_ns":15500000,"parts":{"pool_ns":10000,"lookup_ns":0,"connect_ns":0,"#
                + #""tls_ns":0,"session_startup_ns":0,"dial_ns":0,"send_ns":0,"network_ns":0,"server_ns":0,"#
                + #""network_or_server_ns":0,"receive_queue_ns":0,"application_ns":15500000,"no_socket_ns":0,"aggregated_ns":0,"#
                + #""unclear_ns":0,"missing_ns":0},"is_dialled":false,"is_connection_new":false,"#
                + #""connection_age_ns":20001000,"is_age_exact":true,"connection_leases":2,"#
                + #""is_connection_leases_exact":true,"join":"pointer chain","socket_inode":900,"#
                + #""endpoint":"10.0.0.5:5432","local_port":40000,"descriptor":7,"received_bytes":0,"sent_bytes":0,"#
                + #""socket_time_ns":0,"last_activity":null}"#)
    }

    @Test func everyKeyIsDocumented() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: root + "/docs/report-schema.md", encoding: .utf8)
        let section = try #require(page.split(separator: "`\(LeasePrinter.schema)`", maxSplits: 1).last)
        var keys: Set<String> = []
        for line in print(script, { $0.json($1, poolName: "database/sql #1") }) {
            #expect(!line.contains("\n"))
            try JSONDecoder().decode(AnyJSON.self, from: Data(line.utf8)).collectKeys(into: &keys)
        }
        for key in keys { #expect(section.contains("`\(key)`"), "\(key) is not in docs/report-schema.md") }
        for kind in LeaseEnding.Kind.allCases { #expect(section.contains("`\(kind.rawValue)`")) }
        #expect(keys.count > 35)
    }

    @Test func whatATargetSaysCannotReachTheTerminal() {
        var script = script
        script.site(1, "main.a\u{1b}[31m\u{202e}" + String(repeating: "long", count: 40), "b\n\u{9b}2J.go", 7)
        let lines = print(script) { $0.text($1, poolNumber: 1) } + print(script) { $0.json($1, poolName: "\u{1b}") }
        let foul = lines.joined().unicodeScalars.filter {
            [.control, .format].contains($0.properties.generalCategory)
        }
        #expect(foul.isEmpty)
        #expect(lines.prefix(6).allSatisfy { $0.count <= 100 })
    }

    @Test func filters() {
        func wanted(_ change: (inout LeaseFilter) -> Void) -> [UInt64] {
            var filter = LeaseFilter()
            change(&filter)
            return print(script) { _, lease in
                filter.includes(lease, poolName: "database/sql #1", end: TraceScript.instant(125_000))
                    ? "\(lease.id.generation)" : ""
            }.compactMap { UInt64($0) }
        }
        #expect(wanted { _ in } == [1, 2, 3, 4, 5, 6])
        #expect(wanted { $0.isOpenOnly = true } == [6])
        #expect(wanted { $0.minimumHold = .milliseconds(8) } == [1, 2, 6], "a hold that is not known is not long")
        #expect(wanted { $0.site = "firstOverdue" } == [1, 3, 5])
        #expect(wanted { $0.site = "repository.go:1234" } == [2, 6])
        for name in ["database/sql #1", "database/sql", "0xd0"] { #expect(wanted { $0.pool = name }.count == 6) }
        for name in ["database/sql #2", "database", "0xd1"] { #expect(wanted { $0.pool = name } == []) }
    }
}
