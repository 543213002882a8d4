// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct BlockedReaderTests {
    /// So many connections, each `apart` ms after the one before, on which a read finds nothing.
    private func readers(_ count: Int, apart: Double = 8000, sends: Bool = true) -> TraceScript {
        var script = TraceScript()
        script.traceDeadlines()
        script.site(1, "main.poll", "poll.go", 8)
        for index in 0..<count {
            let inode = 900 + UInt64(index)
            let at = 1000 + Double(index) * apart
            script.dial(at: at, inode: inode, descriptor: Int32(7 + index), goroutine: 20, took: 1)
            if sends { script.send(at: at + 2, inode: inode, goroutine: inode) }
            script.receive(at: at + 3, inode: inode, goroutine: inode, bytes: -11)
        }
        return script
    }

    private func decided(
        _ script: TraceScript, after seconds: Double = 100, _ change: (inout TraceScript) -> Void = { _ in }
    ) -> RuleDecision {
        var script = script
        change(&script)
        return script.decided("blocked-reader", after: seconds)
    }

    @Test func growingNumberIsFound() throws {
        let finding = try #require(decided(readers(5)).findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 5)
        #expect(finding.confidence.level == .high)
        #expect(finding.number("reads") == .count(5))
        #expect(finding.number("asked") == .count(5))
        #expect(finding.number("leased") == .count(0))
        #expect(finding.number("longest") == .duration(.milliseconds(98_997)))
        #expect(finding.number("shortest") == .duration(.milliseconds(66_997)))
        #expect(finding.evidence.first?.events.count == 5)
    }

    @Test func burstsYoungOnesAndFewAreNot() {
        #expect(decided(readers(9, apart: 100)).isClean, "no more since")
        #expect(decided(readers(5), after: 62).isClean, "the fourth has not waited for 30 s")
        #expect(decided(readers(2, apart: 40_000)).isClean)
    }

    @Test func whoGoesOnSendingDoesNotWait() {
        let decision = decided(readers(5)) { script in
            for inode in UInt64(900)..<905 { script.send(at: 90_000, inode: inode, goroutine: inode) }
        }
        #expect(decision.isClean)
    }

    @Test func deadlineRefutesIt() {
        let decision = decided(readers(5)) { script in
            for inode in UInt64(900)..<905 { script.readDeadline(at: 40_000, inode: inode) }
        }
        #expect(decision.isClean)
    }

    @Test func idleConnectionsWithAReaderAreNot() {
        let decision = decided(readers(0)) { script in
            for index in 0..<9 {
                let inode = 900 + UInt64(index)
                let at = 1000 + Double(index) * 8000
                script.dial(at: at, inode: inode, descriptor: Int32(7 + index), goroutine: 20, took: 1)
                script.query(at: at + 2, inode: inode, goroutine: 21)
                script.receive(at: at + 4, inode: inode, goroutine: 21, bytes: -11)
            }
        }
        #expect(decision.isClean)
    }

    @Test func connectionsThatAreKeptReadyAreNot() {
        // Nothing is sent, and who opened them is not known.
        #expect(decided(readers(5, sends: false)).isClean)
    }

    @Test func waitsThatEndAreNotJudged() {
        let answered = decided(readers(5)) { $0.receive(at: 20_000, inode: 900, goroutine: 900) }
        #expect(answered.isClean)
        let closed = decided(readers(9)) { script in
            script.socketClose(at: 30_000, inode: 900)
        }
        #expect(closed.isClean)
        #expect(closed.caveats.first?.kind == .otherExplanation)
    }

    @Test func acceptedOnesAreTheServersWork() {
        let decision = decided(readers(0)) { script in
            for index in 0..<9 {
                let at = 1000 + Double(index) * 8000
                script.accept(at: at, inode: 900 + UInt64(index), result: Int32(20 + index))
                script.receive(at: at + 4, inode: 900 + UInt64(index), goroutine: 21, bytes: -11)
            }
        }
        #expect(decision.isClean)
    }

    @Test func itNeedsDeadlinesAndTime() {
        #expect(decided(readers(5)) { $0.plan.runtimeCalls = nil }.reason?.kind == .notTraced)
        #expect(decided(readers(5), after: 59).reason?.kind == .tooShort)
        #expect(
            decided(readers(5)) { $0.loss(from: 0, to: 9, kind: .deadline, count: 2) }.reason?.kind == .recordsLost)
        let lossy = decided(readers(5)) { $0.loss(from: 0, to: 9, kind: .socketIO, count: 2) }
        #expect(lossy.findings.first?.confidence.level == .unproven)
    }
}
