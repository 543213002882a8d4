// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct DNSInAcquireTests {
    /// Acquires that look up a name, open a connection and use it; `lookups` in ms, each followed by `rest` ms.
    private func script(
        _ lookups: [Double], rest: Double = 20, error: UInt64 = 0, name: String = "db.internal",
        goroutine: UInt64 = 5
    ) -> TraceScript {
        var script = TraceScript()
        script.traceLookups()
        script.site(1, "main.f", "f.go", 1)
        for (index, lookup) in lookups.enumerated() {
            let at = 100 + Double(index) * 3000
            let inode = 900 + UInt64(index)
            let connection = error == 0 ? 0xc0 + UInt64(index) : 0
            script.begin(at: at, goroutine: 5)
            script.lookup(at: at + 1 + lookup, name, goroutine: goroutine, took: lookup, error: error)
            if error == 0 {
                script.dial(at: at + lookup + 2, inode: inode, descriptor: 7, goroutine: goroutine, took: 1)
            }
            script.end(
                at: at + lookup + rest, goroutine: 5, connection: connection, inode: error == 0 ? inode : 0,
                descriptor: 7)
            if error == 0 { script.release(at: at + lookup + rest + 1, goroutine: 5, connection: connection) }
        }
        return script
    }

    @Test func slowLookupsAreFound() throws {
        let finding = try #require(script([60, 5, 70, 80]).decided("dns-in-acquire").findings.first)
        #expect(finding.subject.description == "database/sql #1")
        #expect(finding.count == 3)
        #expect(finding.confidence.level == .certain)
        let evidence = try #require(finding.evidence.first)
        #expect(finding.number("acquires") == .count(4))
        #expect(finding.number("acquire_time") == .duration(.milliseconds(295)))
        #expect(finding.number("lookup_time") == .duration(.milliseconds(215)))
        #expect(finding.number("lookups") == .count(4))
        #expect(finding.number("slow") == .count(3))
        #expect(finding.number("timed_out") == .count(0))
        #expect(finding.number("longest") == .duration(.milliseconds(80)))
        #expect(evidence.events.map(\.kind) == [.nameLookup, .nameLookup])
    }

    @Test func fewFastOrSmallOnesAreNot() {
        #expect(script([60, 70, 5, 4]).decided("dns-in-acquire").isClean, "two")
        #expect(script([49, 49, 49, 49]).decided("dns-in-acquire").isClean)
        #expect(script([60, 70, 80], rest: 700).decided("dns-in-acquire").isClean, "9 % of the time")
        #expect(script([60, 70, 80], name: "10.0.0.5").decided("dns-in-acquire").isClean, "nothing to look up")
    }

    @Test func oneThatTimesOutIsEnough() throws {
        let finding = try #require(script([1200], error: 0x77).decided("dns-in-acquire").findings.first)
        #expect(finding.number("timed_out") == .count(1))
        #expect(script([900], error: 0x77).decided("dns-in-acquire").isClean, "no such name")
    }

    /// It looks up a name: it does not wait for a connection of the pool.
    @Test func failedLookupIsNoWaitInTheQueue() {
        let analysis = script([1200], error: 0x77).analysis()
        #expect(analysis.pools.first?.waits.count == 0)
        #expect(analysis.pools.first?.dials.count == 1)
    }

    @Test func lookupsOfOtherGoroutinesAreSaid() {
        let decision = script([60, 70, 80], goroutine: 6).decided("dns-in-acquire")
        #expect(decision.isClean)
        #expect(decision.caveats.map(\.kind) == [.unknown])
    }

    @Test func lookupBeforeTheAcquireIsNotItsTime() {
        var script = TraceScript()
        script.traceLookups()
        script.begin(at: 1000, goroutine: 5)
        script.lookup(at: 1001, "db.internal", goroutine: 5, took: 700)
        script.end(at: 1010, goroutine: 5, connection: 0xc0)
        #expect(script.analysis().pools.first?.lookups.lookupTime == .milliseconds(1))
    }

    @Test func lossesAndGapsAreSaid() {
        var quiet = script([5])
        quiet.loss(from: 0, to: 50, kind: .nameLookup, count: 1)
        #expect(quiet.decided("dns-in-acquire").reason?.kind == .recordsLost)
        var lossy = script([60, 70, 80])
        lossy.loss(from: 0, to: 50, kind: .nameLookup, count: 1)
        #expect(lossy.decided("dns-in-acquire").findings.first?.confidence.level == .high)
        var blind = script([60, 70, 80])
        blind.plan.runtimeCalls = nil
        #expect(blind.decided("dns-in-acquire").reason?.kind == .notTraced)
        var idle = TraceScript()
        idle.traceLookups()
        #expect(idle.decided("dns-in-acquire").reason?.kind == .nothingThere)
    }
}
