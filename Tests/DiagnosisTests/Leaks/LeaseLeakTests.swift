// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LeaseLeakTests {
    @Test func oldSilentLeaseIsALeak() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .medium, "its holder has not ended, nobody waits, it happened once")
        #expect(finding.severity == .critical)
        #expect(finding.leases.map(\.id.connection) == [0xc0])
    }

    @Test func youngLeaseIsNot() {
        var script = TraceScript()
        script.usualLeases()
        script.leak(at: 56_000)
        #expect(script.decided("lease-leak").isClean)
    }

    @Test func longLeaseOfABusySocketIsNot() {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        for second in 4...59 { script.query(at: Double(second) * 1000, inode: 900, goroutine: 50) }
        #expect(script.decided("lease-leak").isClean)
    }

    @Test func leaseThatWaitsForItsAnswerIsNot() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.send(at: 3500, inode: 900, goroutine: 50)
        let decision = script.decided("lease-leak")
        #expect(decision.isClean)
        #expect(
            decision.caveats.map(\.kind) == [.otherExplanation])
    }

    @Test func leaseThatIsUsualForItsPoolIsNot() throws {
        var script = TraceScript()
        script.usualLeases(12, held: 4000)
        script.leak()
        // The usual hold is 4 s: a leak is older than 80 s, and the trace lasts 60.
        #expect(script.decided("lease-leak").reason?.kind == .tooShort)
        #expect(script.decided("lease-leak", after: 100).findings.count == 1)
    }

    @Test func endedHolderNeedsNoThreshold() throws {
        var script = TraceScript()
        script.returned()
        script.leak(at: 1000)
        script.holder(at: 2500, goroutine: 50, connection: 0xc0, .ended)
        let finding = try #require(script.decided("lease-leak", after: 3).findings.first)
        #expect(finding.confidence.level == .certain)
    }

    @Test func endedHolderOfAConnectionThatWasJustUsedIsNotYetALeak() {
        var script = TraceScript()
        script.leak(at: 1000)
        script.holder(at: 1010, goroutine: 50, connection: 0xc0, .ended)
        #expect(script.decided("lease-leak", after: 1.5).reason != nil)
    }

    @Test func endedHolderThatHandedTheConnectionOnIsNotEnough() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.query(at: 3100, inode: 900, goroutine: 51)
        script.holder(at: 4000, goroutine: 50, connection: 0xc0, .ended)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .medium)
        #expect(script.decided("lease-leak", after: 5).findings.isEmpty)
    }

    @Test func threadsThatEndWithTheirProcessProveNothing() {
        var script = TraceScript()
        script.acquire(at: 1000, goroutine: 0, connection: 0xc0, inode: 900, descriptor: 7)
        script.taskExit(at: 4000, thread: 100)
        script.taskExit(at: 4001, thread: 4711, isProcess: true)
        #expect(script.decided("lease-leak", after: 4.5).findings.isEmpty)
    }

    @Test(arguments: [true, false]) func lostReleaseIsNeverProven(_ isKindKnown: Bool) throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.holder(at: 50_000, goroutine: 50, connection: 0xc0, .ended)
        script.loss(from: 10_000, to: 11_000, kind: isKindKnown ? .poolRelease : nil, count: 1)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .unproven)
        #expect(finding.severity == .warning)
    }

    @Test func lossBeforeTheAcquireOrOfStacksDoesNotMatter() throws {
        var script = TraceScript()
        script.usualLeases()
        script.returned()
        script.leak()
        script.holder(at: 50_000, goroutine: 50, connection: 0xc0, .ended)
        script.loss(from: 1000, to: 2000, kind: .poolRelease, count: 1)
        script.loss(from: 10_000, to: 11_000, kind: .poolRelease, count: 1, reason: .stack_missing)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .certain)
    }

    @Test func lossThatOnlyTheEndOfTheTraceKnowsOfMatters() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.end = TraceEnd(reason: "test", endedAt: TraceScript.instant(60_000), lost: ["pool_release": 2])
        #expect(script.decided("lease-leak").findings.first?.confidence.level == .unproven)
    }

    @Test func lostAcquiresLeaveTheRuleUndecided() {
        var script = TraceScript()
        script.usualLeases()
        script.loss(from: 1000, to: 2000, kind: .poolAcquireEnd, count: 3)
        #expect(
            script.decided("lease-leak").reason?.kind == .recordsLost)
    }

    @Test func siteIsTheApplicationsWhicheverWayThroughTheLibrary() throws {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 42)
        script.site(2, "main.report", "report.go", 42)
        script.site(3, "main.report", "report.go", 55)
        script.usualLeases()
        for index in 1...Int32(3) {
            script.acquire(
                at: 3000 + Double(index), goroutine: UInt64(index), connection: UInt64(index),
                inode: 900 + UInt64(index),
                site: index)
        }
        let findings = script.decided("lease-leak").findings
        #expect(findings.map(\.count) == [2, 1])
        #expect(findings.first?.confidence.level == .high, "the same call site, twice")
    }

    @Test func waitersAreThoseOfTheLeaseOwnTime() throws {
        var script = TraceScript()
        script.usualLeases()
        script.acquire(at: 2900, goroutine: 70, connection: 0xce, site: 2, waited: 500)
        script.release(at: 2950, goroutine: 70, connection: 0xce)
        script.leak(at: 3000)
        script.acquire(at: 9000, goroutine: 71, connection: 0xce, site: 2, waited: 800)
        script.release(at: 9050, goroutine: 71, connection: 0xce)
        script.begin(at: 58_000, goroutine: 72, site: 2)
        let waiters = try #require(script.decided("lease-leak").findings.first?.waiters)
        #expect(waiters.map(\.waits) == [2])
        #expect(waiters.first?.longest == .seconds(2))
        #expect(waiters.first?.stillWaiting == 1)
    }

    @Test func shortTraceIsNotEvaluated() {
        var script = TraceScript()
        script.leak(at: 100)
        #expect(script.decided("lease-leak", after: 2).reason != nil)
    }

    @Test func shortTraceWithoutOpenLeasesIsClean() {
        var script = TraceScript()
        script.usualLeases(10)
        #expect(script.decided("lease-leak", after: 2).isClean)
    }

    @Test func pointThatIsNotArmedIsNamed() {
        var script = TraceScript()
        script.leak()
        script.plan.points[2].mechanism = nil
        script.plan.points[2].note = "its bytes differ"
        #expect(
            script.decided("lease-leak").reason?.kind == .notTraced)
    }

    @Test func withoutTracedIOTheKernelsOwnAgesTell() throws {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        script.acquire(at: 3000, goroutine: 50, connection: 0xc0, inode: 900, descriptor: 7)
        let unknown = script.decided("lease-leak")
        #expect(unknown.findings.isEmpty)
        #expect(unknown.caveats.first?.kind == .unknown)
        script.census(at: 59_000, index: 1, inode: 900, descriptor: 7, receiveAge: 50_000, sendAge: 50_100)
        #expect(script.decided("lease-leak").findings.count == 1)
    }

    @Test func leasesFromBeforeTheTraceAreALimit() {
        var script = TraceScript()
        script.usualLeases()
        script.poolState(at: 5000, open: 5, idle: 3, maximum: 5)
        let decision = script.decided("lease-leak")
        #expect(decision.isClean)
        #expect(decision.caveats.first?.kind == .unknown)
    }

    @Test func lossOfEverythingIsNotCalledIdleness() {
        var script = TraceScript()
        #expect(script.decided("lease-leak").reason?.kind == .nothingThere)
        script.loss(from: 0, to: 1000, kind: nil, count: 3656)
        #expect(
            script.decided("lease-leak").reason?.kind == .recordsLost)
    }

    @Test func targetWithoutPoolLibraryIsNotEvaluated() {
        var script = TraceScript()
        script.plan.pools = []
        script.plan.points = []
        #expect(script.decided("lease-leak").reason?.kind == .nothingThere)
    }

    @Test func poolsOwnCountCastsDoubtOnALeak() throws {
        var script = TraceScript()
        script.usualLeases()
        script.returned()
        script.leak()
        script.holder(at: 59_000, goroutine: 50, connection: 0xc0, .ended)
        script.poolState(at: 59_000, open: 2, idle: 1, maximum: 5)
        #expect(try #require(script.decided("lease-leak").findings.first).confidence.level == .certain)
        // The pool has nothing in use: a release was missed, although no record was lost.
        script.poolState(at: 59_100, open: 2, idle: 2, maximum: 5)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.confidence.level == .unproven)
        #expect(finding.severity == .warning)
        #expect(finding.number("excess_leases") == .count(1))
    }

    @Test func oneOfTwoThatWentBackLeavesALeak() throws {
        var script = TraceScript()
        script.usualLeases()
        script.leak()
        script.leak(at: 4000, goroutine: 51, connection: 0xc1)
        script.poolState(at: 59_000, open: 3, idle: 2, maximum: 5)
        let finding = try #require(script.decided("lease-leak").findings.first)
        #expect(finding.leases.count == 2)
        #expect(finding.confidence.level == .medium)
    }

    /// Two leases from before the loss went back; the one that was acquired after it did not.
    @Test func leaseThatCannotHaveLostItsReleaseStaysProven() throws {
        var script = TraceScript()
        script.site(1, "main.report", "handlers.go", 42)
        script.site(2, "main.transfer", "transfer.go", 88)
        script.usualLeases()
        script.leak()
        script.leak(at: 4000, goroutine: 51, connection: 0xc1)
        script.loss(from: 5000, to: 6000, kind: .poolRelease, count: 2)
        script.returned(site: 2)
        script.leak(at: 7000, goroutine: 52, connection: 0xc2, site: 2)
        for (goroutine, connection) in [(50, 0xc0), (51, 0xc1), (52, 0xc2)] as [(UInt64, UInt64)] {
            script.holder(at: 59_000, goroutine: goroutine, connection: connection, .ended)
        }
        script.poolState(at: 59_000, open: 4, idle: 3, maximum: 5)
        let levels = script.decided("lease-leak").findings.map { ($0.leases.count, $0.confidence.level) }
        #expect(levels.first { $0.0 == 1 }?.1 == .certain)
        #expect(levels.first { $0.0 == 2 }?.1 == .unproven)
    }

    @Test func unseenLeasesMakeNoCleanBill() throws {
        var script = TraceScript()
        script.usualLeases()
        script.release(at: 3000, goroutine: 60, connection: 0xcf)
        #expect(script.decided("lease-leak").reason?.kind == .unknown)
    }
}
