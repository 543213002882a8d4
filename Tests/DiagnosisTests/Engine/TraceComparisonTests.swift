// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TraceComparisonTests {
    /// `leaks` leases of `main.report` leak, every 100 ms; the waits are `waited` ms long.
    private func report(leaks: Int, waited: Double = 0, after seconds: Double = 60) -> Report {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 42)
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.usualLeases()
        for index in 0..<leaks {
            let number = UInt64(index)
            script.leak(at: 3000 + Double(index) * 100, goroutine: 50 + number, connection: 0x100 + number)
        }
        if waited > 0 {
            for index in 0..<UInt64(40) {
                script.acquire(
                    at: 9000 + Double(index) * 300, goroutine: 200, connection: 0xce, inode: 900, site: 1,
                    waited: waited
                )
                script.release(at: 9010 + Double(index) * 300, goroutine: 200, connection: 0xce)
            }
        }
        return RuleRegistry.report(on: script.analysis(after: seconds))
    }

    private func changes(_ before: Report, _ after: Report) -> [CauseChange] {
        TraceComparison(before, after, factor: 1.5).changes
    }

    @Test func causeInTheSecondOnlyIsNew() throws {
        let change = try #require(changes(report(leaks: 0), report(leaks: 2)).first)
        #expect(change.status == .new)
        #expect(change.cause.subject == "database/sql at 10.0.0.5:5432")
        #expect(change.cause.function == "main.report")
        #expect(TraceComparison(report(leaks: 0), report(leaks: 2), factor: 1.5).hasSetback(of: .critical))
    }

    @Test func causeInTheFirstOnlyIsGone() throws {
        let change = try #require(changes(report(leaks: 5), report(leaks: 0)).first)
        #expect(change.status == .gone)
        #expect(change.reasons.isEmpty)
        let rare = try #require(changes(report(leaks: 1), report(leaks: 0)).first)
        #expect(rare.reasons == ["1 would be expected in B, so that none may be chance"])
    }

    @Test func causeThatTheSecondCannotDecideIsNotGone() throws {
        var script = TraceScript()
        script.plan.points[2].mechanism = nil
        script.usualLeases()
        let blind = RuleRegistry.report(on: script.analysis())
        #expect(changes(report(leaks: 5), blind).map(\.status) == [.undecided])
        let first = try #require(changes(blind, report(leaks: 5)).first)
        #expect(first.status == .new)
        #expect(first.reasons.first?.hasPrefix("A could not tell: ") == true)
    }

    @Test(
        arguments: [
            (5, 5, "same"), (5, 7, "same"), (5, 9, "worse"), (2, 4, "same"), (2, 6, "worse"), (9, 5, "better"),
        ])
    func countsAreComparedWithChanceInMind(_ before: Int, _ after: Int, _ status: String) {
        #expect(changes(report(leaks: before), report(leaks: after)).map(\.status.rawValue) == [status])
    }

    @Test func sameRateInALongerTraceIsTheSame() {
        #expect(changes(report(leaks: 4, after: 20), report(leaks: 12, after: 60)).map(\.status) == [.same])
        #expect(
            changes(report(leaks: 4, after: 20), report(leaks: 4, after: 60)).map(\.status) == [.same],
            "a count that does not grow with the trace")
    }

    @Test func waitsAreComparedByTheirP99() throws {
        func status(_ before: Double, _ after: Double) throws -> CauseChange {
            let changes = changes(report(leaks: 0, waited: before), report(leaks: 0, waited: after))
            return try #require(changes.first { $0.cause.rule == "pool-wait" })
        }
        #expect(try status(60, 70).status == .same)
        #expect(try status(60, 150).status == .worse)
        #expect(try status(60, 150).reasons == ["longer waits"])
        #expect(try status(150, 60).status == .better)
    }
}
