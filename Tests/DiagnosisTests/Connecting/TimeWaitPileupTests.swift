// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TimeWaitPileupTests {
    /// `count` connections in a row, each `gap` ms after the one before, closed after 1 ms; and some that stay open.
    private func script(
        _ count: Int, gap: Double = 20, state: UInt16 = 1, unread: UInt32 = 0, open: Int = 1, isReset: Bool = false
    ) -> TraceScript {
        var script = TraceScript()
        for index in 0..<open {
            let inode = 10_000 + UInt64(index)
            script.connect(at: 1, inode: inode, descriptor: Int32(50 + index))
            script.state(at: 1.1, inode: inode, from: 2, to: 1)
        }
        for index in 0..<count {
            let inode = 1000 + UInt64(index)
            let at = 100 + Double(index) * gap
            script.connect(at: at, inode: inode, descriptor: 7)
            script.state(at: at + 0.1, inode: inode, from: 2, to: 1)
            script.query(at: at + 0.2, inode: inode, goroutine: 5, took: 0.3)
            script.socketClose(at: at + 1, inode: inode, unread: unread, state: state)
            if isReset { script.reset(at: at + 1.01, inode: inode, isReceived: false) }
        }
        return script
    }

    @Test func manyInTimeWaitAreFound() throws {
        let finding = try #require(script(503).decided("time-wait-pileup").findings.first)
        #expect(finding.number("sockets") == .count(503))
        #expect(finding.severity == .note)
        #expect(finding.confidence.level == .high)
        #expect(finding.count == 503)
        #expect(finding.evidence.first?.measurements.contains { $0.name == "open" && $0.value == .count(1) } == true)
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketClose, .socketClose])
    }

    @Test func manyPortsAreAWarning() {
        #expect(script(2900, gap: 10).decided("time-wait-pileup").findings.first?.severity == .warning)
    }

    @Test func fewOrSlowOrFewOfAllAreNot() {
        #expect(script(499).decided("time-wait-pileup").isClean)
        // 500 in 61 seconds: the first ones are gone.
        #expect(script(520, gap: 130).decided("time-wait-pileup", after: 90).isClean)
        #expect(script(503, open: 1300).decided("time-wait-pileup").isClean, "28 %")
    }

    @Test func whatThePeerClosedOrWasResetLeavesNothing() {
        #expect(script(503, state: 8).decided("time-wait-pileup").isClean)
        #expect(script(503, unread: 1).decided("time-wait-pileup").isClean)
        #expect(script(503, isReset: true).decided("time-wait-pileup").isClean)
    }

    @Test func connectsThatNobodyAnswersAreFound() throws {
        var script = TraceScript()
        for index in 0..<UInt64(11) {
            script.connect(at: 100, inode: 900 + index, descriptor: Int32(7 + index), result: -115)
            script.state(at: 99.9995, inode: 900 + index, from: 7, to: 2)
            script.retransmit(at: 1100, inode: 900 + index, state: 2)
            script.retransmit(at: 3100, inode: 900 + index, state: 2)
        }
        // Three are answered at last, and others open and close.
        for index in 0..<UInt64(3) { script.state(at: 4000, inode: 900 + index, from: 2, to: 1) }
        let finding = try #require(script.decided("time-wait-pileup").findings.first)
        #expect(finding.number("sockets") == .count(11))
        #expect(finding.confidence.level == .certain)
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketRetransmit, .socketRetransmit])
    }

    @Test func fewConnectsOrOneAfterTheOtherAreNot() {
        var script = TraceScript()
        for index in 0..<UInt64(23) {
            let at = 100 + Double(index) * 1500
            script.connect(at: at, inode: 900 + index, descriptor: 7, result: -115)
            script.state(at: at - 0.0005, inode: 900 + index, from: 7, to: 2)
            script.retransmit(at: at + 1000, inode: 900 + index, state: 2)
            if index % 2 == 0 {
                script.state(at: at + 1001, inode: 900 + index, from: 2, to: 1)
            } else {
                script.socketClose(at: at + 1001, inode: 900 + index, state: 2)
            }
        }
        #expect(script.decided("time-wait-pileup").isClean)
    }

    @Test func lossesAndGapsAreSaid() {
        var quiet = script(11)
        quiet.loss(from: 0, to: 50, kind: .socketClose, count: 1)
        #expect(quiet.decided("time-wait-pileup").reason?.kind == .recordsLost)
        var lossy = script(503)
        lossy.loss(from: 0, to: 50, kind: .socketReset, count: 1)
        #expect(lossy.decided("time-wait-pileup").findings.first?.confidence.level == .unproven)
        var blind = script(503)
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_close" }
        #expect(blind.decided("time-wait-pileup").reason?.kind == .notTraced)
        #expect(
            script(11).decided("time-wait-pileup", after: 30).caveats.map(\.kind).contains(.tooShort))
    }

    @Test func minuteForgetsWhatIsOlder() {
        var count = MinuteCount()
        for second in 0..<UInt64(90) { count.add(at: second * 1_000_000_000) }
        #expect(count.total == 60)
        count.takeBack(at: 89_500_000_000)
        #expect(count.total == 59)
        count.add(at: 1_000_000_000_000)
        #expect(count.total == 1)
        count.add(at: 5)
        #expect(count.total == 2, "a record out of order")
        count.add(at: .max)
        #expect(count.total == 1)
    }
}
