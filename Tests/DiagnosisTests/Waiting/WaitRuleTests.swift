// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct WaitRuleTests {
    /// One connection, held for `held` ms by each of twenty goroutines that all ask at once.
    private func queue(held: Double, maximum: Int64 = 1) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.handler", "handlers.go", 42)
        script.poolState(at: 1, open: 1, idle: 1, maximum: maximum)
        for index in 0..<UInt64(20) {
            script.begin(at: 100 + Double(index) / 100, goroutine: 10 + index)
            let start = 101 + Double(index) * held
            script.end(at: start, goroutine: 10 + index, connection: 0xc0, inode: 900, descriptor: 7)
            script.release(at: start + held - 0.01, goroutine: 10 + index, connection: 0xc0)
        }
        return script
    }

    @Test func longWaitsAreFound() throws {
        let finding = try #require(queue(held: 30).decided("pool-wait").findings.first)
        #expect(finding.count == 19, "the first one found the connection free")
        #expect(finding.confidence.level == .certain)
        #expect(finding.waiters.map(\.waits) == [19])
        #expect(finding.number("leaked") == .count(0))
    }

    @Test func longQueueIsFoundAlsoWhenItIsFast() throws {
        // p99 is below 50 ms: 20 x 2 ms; but 20 wait at one time.
        #expect(queue(held: 2).decided("pool-wait").findings.count == 1)
    }

    @Test func shortWaitsOfFewAreNot() {
        var script = TraceScript()
        for index in 0..<UInt64(100) {
            script.acquire(at: 100 + Double(index) * 100, goroutine: 5, connection: 0xc0, waited: 3)
            script.release(at: 150 + Double(index) * 100, goroutine: 5, connection: 0xc0)
        }
        #expect(script.decided("pool-wait").isClean)
    }

    @Test func everyThresholdCanBeSet() throws {
        var thresholds = Thresholds()
        thresholds[PoolWaitRule.p99] = .seconds(10)
        thresholds[PoolWaitRule.queue] = 100
        #expect(queue(held: 30).decided("pool-wait", thresholds).isClean)
    }

    @Test func lostEndsMakeWaitsUnproven() {
        var script = queue(held: 30)
        script.loss(from: 0, to: 50, kind: .poolAcquireEnd, count: 1)
        #expect(script.decided("pool-wait").findings.first?.confidence.level == .unproven)
    }

    @Test func fullPoolNamesItsHolders() throws {
        let finding = try #require(queue(held: 30).decided("pool-exhausted").findings.first)
        #expect(finding.severity == .warning)
        #expect(finding.number("maximum_open") == .count(1))
        #expect(finding.number("leases") == .count(20))
    }

    @Test func fullPoolWithShortWaitsIsANote() {
        #expect(queue(held: 2).decided("pool-exhausted").findings.first?.severity == .note)
    }

    @Test func poolThatIsNotFullIsClean() {
        #expect(queue(held: 30, maximum: 2).decided("pool-exhausted").isClean)
        #expect(queue(held: 30, maximum: 0).decided("pool-exhausted").isClean)
    }

    @Test func leasesFromBeforeTheTraceFillThePoolToo() throws {
        var script = queue(held: 30, maximum: 3)
        script.poolState(at: 0.5, open: 3, idle: 1, maximum: 3)
        script.poolState(at: 50, open: 3, idle: 1, maximum: 3)
        // The audit at 1 ms of `queue` says that nothing is in use: the least difference counts.
        #expect(script.decided("pool-exhausted").isClean)
    }

    @Test func unknownMaximumIsNotEvaluated() {
        var script = TraceScript()
        script.usualLeases()
        #expect(script.decided("pool-exhausted").reason?.kind == .unknown)
    }
}

extension TraceScript {
    func decided(_ rule: String, _ thresholds: Thresholds) -> RuleDecision { decided(rule, after: 60, thresholds) }
}
