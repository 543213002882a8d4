// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct StaleBorrowTests {
    /// Seven leases of one connection; the peer closes before the fourth, at 3500 ms.
    private func script(closedAt: Double? = 3500, states: Bool = true, answered: Bool = false) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.lookup", "lookup.go", 9)
        script.connect(at: 1, inode: 900, descriptor: 7)
        if let closedAt { script.state(at: closedAt, inode: 900, from: 1, to: 8) }
        for index in 0..<7 {
            let at = 1000 + Double(index) * 1000
            let isClosed = closedAt.map { $0 < at } ?? false
            script.acquire(
                at: at, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7,
                state: states ? (isClosed ? 8 : 1) : 0)
            if !isClosed || answered { script.query(at: at + 1, inode: 900, goroutine: 5) }
            script.release(at: at + 10, goroutine: 5, connection: 0xc0)
        }
        return script
    }

    @Test(arguments: [true, false]) func leaseOfAClosedConnectionIsFound(_ states: Bool) throws {
        // Without the state at the acquire, the time of the peer's close tells the same.
        let finding = try #require(script(states: states).decided("stale-borrow").findings.first)
        #expect(finding.subject.description == "database/sql #1")
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("leases") == .count(4))
        #expect(finding.number("unanswered") == .count(4))
        #expect(finding.number("after_close") == .duration(.milliseconds(3500)))
        #expect(finding.evidence.first?.events.map(\.kind) == Array(repeating: RecordKind.poolAcquireEnd, count: 4))
    }

    @Test func soundConnectionsAreNot() {
        #expect(script(closedAt: nil).decided("stale-borrow").isClean)
    }

    @Test func closeDuringTheLeaseOrAtTheAcquireIsNot() throws {
        #expect(script(closedAt: 7001).decided("stale-borrow").isClean)
        #expect(script(closedAt: 6995).decided("stale-borrow").isClean, "within the grace")
        #expect(script(closedAt: 6985).decided("stale-borrow").findings.first?.count == 1)
    }

    @Test func ownCloseIsSaidAsSuch() throws {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.acquire(at: 1000, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7, state: 5)
        let finding = try #require(script.decided("stale-borrow").findings.first)
        #expect(finding.number("leases") == .count(1) && finding.number("after_close") == nil)
    }

    @Test func unconnectedDatagramSocketIsNot() {
        var script = TraceScript()
        // No TCP socket is known by this inode: state 7 is what an unconnected UDP socket has.
        script.acquire(at: 1000, goroutine: 5, connection: 0xc0, inode: 901, descriptor: 7, state: 7)
        #expect(script.decided("stale-borrow").reason?.kind == .unknown)
    }

    @Test func lostAcquiresLeaveItUndecided() {
        var lossy = script(closedAt: nil)
        lossy.loss(from: 0, to: 50, kind: .poolAcquireEnd, count: 3)
        #expect(lossy.decided("stale-borrow").reason != nil)
        var found = script()
        found.loss(from: 0, to: 50, kind: .poolAcquireEnd, count: 3)
        #expect(found.decided("stale-borrow").findings.first?.confidence.level == .certain)
    }

    @Test func needsTheAcquire() {
        var blind = script()
        blind.plan.points[1].mechanism = nil
        #expect(blind.decided("stale-borrow").reason?.kind == .notTraced)
        #expect(TraceScript().decided("stale-borrow", after: 1).reason != nil)
    }
}
