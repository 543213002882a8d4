// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct PrematureTimeoutTests {
    /// Connections on which a request is sent and given up after `wait` ms; the answer comes `late` ms after the close,
    /// or, with `nil`, lies unread.
    private func closed(_ count: UInt64, after wait: Double, late: Double?) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            let at = 1000 + Double(index) * 1000
            script.connect(at: at, inode: 900 + index, descriptor: 7)
            script.send(at: at + 1, inode: 900 + index, goroutine: 5)
            script.socketClose(at: at + 1 + wait, inode: 900 + index, unread: late == nil ? 200 : 0)
            if let late {
                // Of data after a close the kernel first reports a reset received.
                script.reset(at: at + 1 + wait + late, inode: 900 + index)
                script.reset(at: at + 1 + wait + late, inode: 900 + index, isReceived: false, isAnswer: true)
            }
        }
        return script
    }

    @Test func answersThatComeJustLateAreFound() throws {
        let finding = try #require(closed(3, after: 500, late: 30).decided("premature-timeout").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 3)
        #expect(finding.number("unread") == .count(0))
        #expect(finding.number("late") == .count(3))
        #expect(finding.number("latest") == .duration(.milliseconds(30)))
        #expect(finding.number("shortest_wait") == .duration(.milliseconds(500)))
        #expect(finding.number("longest_wait") == .duration(.milliseconds(500)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketReset, .socketReset])
        #expect(finding.advice.contains("above 500 ms"))
    }

    @Test func answersThatLieUnreadAreFound() throws {
        let finding = try #require(closed(3, after: 500, late: nil).decided("premature-timeout").findings.first)
        #expect(finding.number("unread") == .count(3))
        #expect(finding.number("late") == .count(0))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketClose, .socketClose])
    }

    @Test(arguments: [(UInt32(1), true), (2, false)]) func aPeerThatHasClosedHasNotAnswered(
        _ unread: UInt32, _ isClean: Bool
    ) {
        var script = TraceScript()
        for index in 0..<UInt64(3) {
            let at = 1000 + Double(index) * 1000
            script.connect(at: at, inode: 900 + index, descriptor: 7)
            script.send(at: at + 1, inode: 900 + index, goroutine: 5)
            // Its FIN, which nobody reads, counts as one byte.
            script.socketClose(at: at + 500, inode: 900 + index, unread: unread, state: 8)
        }
        #expect(script.decided("premature-timeout").isClean == isClean)
    }

    @Test func twoOrMuchLaterOnesAreNot() {
        #expect(closed(2, after: 500, late: 30).decided("premature-timeout").isClean)
        #expect(closed(3, after: 500, late: 51).decided("premature-timeout").isClean)
    }

    @Test func aFarewellIsNot() {
        #expect(closed(7, after: 19, late: 1).decided("premature-timeout").isClean, "nobody waits for its answer")
        #expect(closed(7, after: 19, late: nil).decided("premature-timeout").isClean)
    }

    /// A request that is given up after 500 ms with the driver's farewell: `X` and the end of the TLS session.
    private func givenUp(
        _ count: UInt64, bytes: Int32 = 300, isLeased: Bool = false, idle: Double = 0, late: Double = 20
    ) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            let (at, inode) = (1000 + Double(index) * 3000, 900 + index)
            script.connect(at: at, inode: inode, descriptor: 7, goroutine: 5)
            if isLeased {
                script.acquire(at: at + 1, goroutine: 5, connection: 0xc0 + index, inode: inode, descriptor: 7)
            }
            script.query(at: at + 2, inode: inode, goroutine: 5)
            script.send(at: at + 4, inode: inode, goroutine: 5, bytes: bytes)
            if isLeased { script.release(at: at + (idle > 0 ? 5 : 504), goroutine: 5, connection: 0xc0 + index) }
            let end = at + 504 + idle
            script.send(at: end, inode: inode, goroutine: 5, bytes: 27)
            script.send(at: end + 0.1, inode: inode, goroutine: 5, bytes: 24)
            script.socketClose(at: end + 0.2, inode: inode, goroutine: 5)
            script.reset(at: end + 0.2 + late, inode: inode, isReceived: false, isAnswer: true)
        }
        return script
    }

    @Test func aFarewellBehindARequestHidesNothing() throws {
        let finding = try #require(givenUp(3).decided("premature-timeout").findings.first)
        #expect(finding.count == 3)
        #expect(finding.confidence.level == .high)
        #expect(finding.number("shortest_wait") == .duration(.microseconds(500_200)))
        #expect(finding.number("longest_wait") == .duration(.microseconds(500_200)))
        #expect(givenUp(3, bytes: 20, isLeased: true).decided("premature-timeout").findings.first?.count == 3)
    }

    @Test func aNoticeThatNobodyAnswersIsNoRequest() {
        #expect(givenUp(3, bytes: 35).decided("premature-timeout").isClean, "a window update of HTTP/2")
        #expect(
            givenUp(3, bytes: 9, isLeased: true, idle: 1000).decided("premature-timeout").isClean,
            "the end of a prepared statement, and its connection lay idle since")
    }

    @Test func anAnswerAtOnceMayBeAReaction() throws {
        let finding = try #require(givenUp(3, late: 1).decided("premature-timeout").findings.first)
        #expect(finding.confidence.level == .medium)
    }

    @Test func whoHasReadTheAnswerMayLeaveTheRest() {
        var script = TraceScript()
        for index in 0..<UInt64(7) {
            let at = 1000 + Double(index) * 1000
            script.connect(at: at, inode: 900 + index, descriptor: 7)
            script.query(at: at + 1, inode: 900 + index, goroutine: 5)
            script.socketClose(at: at + 500, inode: 900 + index, unread: 5000)
        }
        #expect(script.decided("premature-timeout").isClean)
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = closed(3, after: 500, late: 30)
        script.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(script.decided("premature-timeout").findings.first?.confidence.level == .unproven)
        var clean = closed(1, after: 500, late: 30)
        clean.loss(from: 0, to: 50, kind: .socketReset, count: 1)
        #expect(clean.decided("premature-timeout").reason?.kind == .recordsLost)
    }

    @Test(arguments: ["socket_io", "socket_close", "socket_reset"]) func itNeedsItsRecords(_ kind: String) {
        var script = closed(3, after: 500, late: 30)
        script.plan.kernelProbes[0].records.removeAll { $0 == kind }
        #expect(script.decided("premature-timeout").reason?.kind == .notTraced)
    }
}
