// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct IdleKilledTests {
    enum End: CaseIterable { case answered, reset, error, unacknowledged }

    /// A connection of its own for each: used, silent for `idle` seconds, and used again.
    private func used(
        after idle: [Double], _ end: End, from first: UInt64 = 900, isOutlived: Bool = true,
        in script: TraceScript = TraceScript()
    )
        -> TraceScript
    {
        var script = script
        if isOutlived {
            script.connect(at: 0.5, inode: 890, descriptor: 3)
            for at in stride(from: 50.0, to: 58_000, by: 500) {
                script.query(at: at, inode: 890, goroutine: 4, took: 0)
            }
        }
        for (index, seconds) in idle.enumerated() {
            let inode = first + UInt64(index)
            script.connect(at: 1, inode: inode, descriptor: Int32(inode - 890))
            script.query(at: 100, inode: inode, goroutine: 5, took: 0)
            let again = 100 + seconds * 1000
            script.send(at: again, inode: inode, goroutine: 5, bytes: end == .error ? -32 : 100)
            switch end {
            case .answered: script.receive(at: again + 1, inode: inode, goroutine: 5)
            case .reset: script.reset(at: again + 1, inode: inode)
            case .error: break
            case .unacknowledged:
                for number in UInt8(1)...3 {
                    script.retransmit(at: again + Double(number) * 300, inode: inode, timeouts: number)
                }
            }
        }
        return script
    }

    @Test(arguments: End.allCases.dropFirst()) func deadConnectionsAreFound(_ end: End) throws {
        let script = used(after: [4, 10], .answered, from: 950, isOutlived: false, in: used(after: [20, 15, 30], end))
        let finding = try #require(script.decided("idle-killed").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 3)
        #expect(finding.confidence.level == .high)
        let resets = end == .unacknowledged ? 0 : 3
        #expect(finding.number("failed") == .count(3))
        #expect(finding.number("reset") == .count(UInt64(resets)))
        #expect(finding.number("survived") == .count(2))
        #expect(finding.number("shortest_failed") == .duration(.seconds(15)))
        #expect(finding.number("longest_survived") == .duration(.seconds(10)))
        #expect(
            finding.advice
                == "Set the pool's maximum idle time, or TCP keepalive, for 10.0.0.5:5432 between 10 s, which survived, and "
                + "15 s, which did not.")
    }

    @Test func twoOrShortOnesOrSurvivorsAreNot() {
        #expect(used(after: [20, 30], .reset).decided("idle-killed").isClean)
        #expect(used(after: [0.9, 0.8, 0.9], .reset).decided("idle-killed").isClean, "not idle")
        #expect(used(after: [20, 30, 40], .answered).decided("idle-killed").isClean)
    }

    @Test func anEndWhileIdleIsNotMetByARequest() {
        var script = TraceScript()
        for inode in UInt64(900)..<907 {
            script.connect(at: 1, inode: inode, descriptor: Int32(inode - 890))
            script.query(at: 100, inode: inode, goroutine: 5)
            script.reset(at: 20_000, inode: inode)
            script.socketClose(at: 20_001, inode: inode)
        }
        #expect(script.decided("idle-killed").isClean)
    }

    @Test func survivorsOfLongerSilenceMakeItMedium() throws {
        let script = used(after: [25], .answered, from: 950, isOutlived: false, in: used(after: [20, 15, 30], .reset))
        let finding = try #require(script.decided("idle-killed").findings.first)
        #expect(finding.confidence.level == .medium)
        #expect(finding.advice.hasSuffix("below 15 s."))
    }

    @Test func oneRestartWouldLookTheSame() throws {
        let script = used(after: [20, 15, 30], .reset, isOutlived: false)
        let finding = try #require(script.decided("idle-killed").findings.first)
        #expect(finding.confidence.level == .medium)
        #expect(finding.advice.hasPrefix("If 10.0.0.5:5432 was not restarted"))
        #expect(RuleRegistry.report(on: script.analysis()).advice.isEmpty)
        // Three that follow each other would take three restarts.
        var apart = TraceScript()
        for index in 0..<UInt64(3) {
            let at = 1000 + Double(index) * 15_000
            apart.connect(at: at, inode: 900 + index, descriptor: 7)
            apart.query(at: at + 10, inode: 900 + index, goroutine: 5, took: 0)
            apart.send(at: at + 10_010, inode: 900 + index, goroutine: 5)
            apart.reset(at: at + 10_011, inode: 900 + index)
            apart.receive(at: at + 10_012, inode: 900 + index, goroutine: 5, bytes: -104)
            apart.socketClose(at: at + 10_013, inode: 900 + index, state: 7)
        }
        #expect(apart.decided("idle-killed").findings.first?.confidence.level == .high)
    }

    @Test func aRestartIsNoIdleKill() {
        // Those that are in use lose a request; the idle ones find out one by one.
        var script = used(after: [30, 31, 32, 33, 34, 35, 36], .reset, isOutlived: false)
        for inode in UInt64(970)..<973 {
            script.connect(at: 1, inode: inode, descriptor: 60)
            for at in stride(from: 100.0, to: 25_000, by: 300) { script.query(at: at, inode: inode, goroutine: 5) }
            script.send(at: 25_001, inode: inode, goroutine: 5)
            script.reset(at: 25_002, inode: inode)
            script.receive(at: 25_003, inode: inode, goroutine: 5, bytes: -104)
        }
        let decision = script.decided("idle-killed")
        #expect(decision.isClean)
        #expect(decision.caveats.first?.kind == .otherExplanation)
        #expect(RuleRegistry.report(on: script.analysis()).advice.isEmpty)
    }

    @Test func aPeerThatSaidGoodbyeIsNone() {
        var script = used(after: [20, 15, 30], .reset)
        for inode in UInt64(900)..<903 { script.state(at: 10_000, inode: inode, from: 1, to: 8) }
        #expect(script.decided("idle-killed").isClean)
    }

    @Test(arguments: [true, false]) func aFarewellIsNoRequest(_ isFarewell: Bool) {
        var script = used(after: [20, 15, 30], .reset)
        for (index, seconds) in [20.0, 15, 30].enumerated() {
            let (at, inode) = (100 + seconds * 1000, 900 + UInt64(index))
            if !isFarewell { script.receive(at: at + 1.1, inode: inode, goroutine: 5, bytes: -104) }
            script.send(at: at + 1.2, inode: inode, goroutine: 5, bytes: -32)
            script.socketClose(at: at + 1.3, inode: inode, state: 7)
        }
        #expect(script.decided("idle-killed").findings.isEmpty == isFarewell)
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = used(after: [20, 15, 30], .reset)
        script.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(script.decided("idle-killed").findings.first?.confidence.level == .unproven)
        var clean = used(after: [20], .reset)
        clean.loss(from: 0, to: 50, kind: .socketReset, count: 1)
        #expect(clean.decided("idle-killed").reason?.kind == .recordsLost)
    }

    @Test(arguments: ["socket_io", "socket_reset"]) func itNeedsItsRecords(_ kind: String) {
        var script = used(after: [20, 15, 30], .reset)
        script.plan.kernelProbes[0].records.removeAll { $0 == kind }
        #expect(script.decided("idle-killed").reason?.kind == .notTraced)
    }

    @Test func itNeedsTime() {
        #expect(TraceScript().decided("idle-killed", after: 0.5).reason?.kind == .tooShort)
    }
}
