// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct MassInvalidationTests {
    /// Connections that are established; the peer ends the first of them, at 10 s, one every `gap` ms.
    private func ended(_ count: UInt64, of connections: UInt64, every gap: Double = 100, bornAt: Double = 100)
        -> TraceScript
    {
        var script = TraceScript()
        for index in 0..<connections {
            script.connect(at: bornAt + Double(index), inode: 900 + index, descriptor: Int32(10 + index))
            script.state(at: bornAt + Double(index) + 0.5, inode: 900 + index, from: 2, to: 1)
        }
        for index in 0..<count {
            let isReset = index % 2 == 1
            script.state(
                at: 10_000 + Double(index) * gap, inode: 900 + index, from: 1, to: isReset ? 7 : 8,
                error: isReset ? 104 : 0)
        }
        return script
    }

    private func redialled(_ script: TraceScript) -> TraceScript {
        var script = script
        script.connect(at: 15_000, inode: 990, descriptor: 50)
        return script
    }

    @Test func aWaveIsFound() throws {
        let finding = try #require(redialled(ended(7, of: 11)).decided("mass-invalidation").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 7)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("closed") == .count(7))
        #expect(finding.number("connections") == .count(11))
        #expect(finding.number("within") == .duration(.milliseconds(600)))
        #expect(finding.number("redials") == .count(1))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketState, .socketState])
    }

    @Test func fewOrASmallShareOrSlowOnesAreNot() {
        #expect(redialled(ended(4, of: 4)).decided("mass-invalidation").isClean, "4")
        #expect(redialled(ended(5, of: 11)).decided("mass-invalidation").isClean, "45 %")
        #expect(redialled(ended(11, of: 11, every: 600)).decided("mass-invalidation").isClean, "4 in 2 s")
    }

    @Test func withoutRedialsNothingIsLost() {
        #expect(ended(7, of: 11).decided("mass-invalidation").isClean)
    }

    @Test func connectionsForOneRequestAreNot() {
        #expect(redialled(ended(7, of: 7, bornAt: 9000)).decided("mass-invalidation").isClean, "a second old")
    }

    @Test func ownClosesAreNot() {
        var script = ended(0, of: 11)
        for index in 0..<UInt64(11) {
            script.state(at: 10_000, inode: 900 + index, from: 1, to: 4)
            script.socketClose(at: 10_000, inode: 900 + index)
        }
        #expect(redialled(script).decided("mass-invalidation").isClean)
    }

    /// Seven connections, asked `asked` ms before few bytes come at 10 s, and longer; the process closes them at once, and then
    /// the kernel reports `end`.
    private func farewells(
        bytes: Int32 = 31, asked: Double = 5000, isAnswer: Bool = false, closedAfter: Double = 0.2,
        end: (to: UInt16, error: Int32)? = (7, 104)
    ) -> TraceScript {
        var script = ended(0, of: 7)
        for index in 0..<UInt64(7) {
            let (inode, at) = (900 + index, 10_000 + Double(index))
            let askedAt = at - asked - Double(index) * asked / 10
            script.send(at: askedAt, inode: inode, goroutine: 5)
            if !isAnswer { script.receive(at: askedAt + 1, inode: inode, goroutine: 5) }
            script.receive(at: at, inode: inode, goroutine: 5, bytes: bytes)
            script.send(at: at + 0.1, inode: inode, goroutine: 5, bytes: 31)
            script.socketClose(at: at + closedAfter, inode: inode, goroutine: 5, state: 1)
            script.state(at: at + closedAfter + 0.01, inode: inode, from: 1, to: 4)
            if let end {
                script.state(at: at + closedAfter + 0.2, inode: inode, from: 4, to: end.to, error: end.error)
            }
        }
        return redialled(script)
    }

    /// The same, but that the few bytes are looked at and not taken.
    private func peeked(_ script: TraceScript) -> TraceScript {
        var result = TraceScript()
        for (_, record) in script.entries {
            if case .socketIO(var io) = record, io.result == 31, io.operation == ps_io_operation.receive.rawValue {
                io.flags |= UInt8(PS_IO_PEEK)
                result.add(.socketIO(io))
            } else {
                result.add(record)
            }
        }
        return result
    }

    @Test func whoAnswersAFarewellByACloseDidNotEndTheConnection() throws {
        let finding = try #require(farewells().decided("mass-invalidation").findings.first)
        #expect(finding.count == 7)
        #expect(finding.number("closed") == .count(7))
        #expect(finding.number("connections") == .count(7))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketState, .socketState])
        #expect(farewells(end: (11, 0)).decided("mass-invalidation").findings.first?.count == 7, "FINs that cross")
    }

    @Test func aCloseAfterSomethingElseIsOnesOwn() {
        #expect(farewells(end: nil).decided("mass-invalidation").isClean, "the peer lives")
        #expect(farewells(end: (5, 0)).decided("mass-invalidation").isClean, "the peer acknowledges")
        #expect(farewells(bytes: 100).decided("mass-invalidation").isClean, "more than a farewell")
        #expect(farewells(asked: 20).decided("mass-invalidation").isClean, "the end of an answer")
        #expect(farewells(isAnswer: true).decided("mass-invalidation").isClean, "the answer")
        #expect(peeked(farewells()).decided("mass-invalidation").isClean, "only looked at")
        #expect(farewells(closedAfter: 70).decided("mass-invalidation").isClean, "later")
    }

    /// Connections that are used at 3 s, a `gap` apart, and that the peer ends `after` ms later, or all at once.
    private func burst(_ count: UInt64, gap: Double = 5, after: Double = 15_000, isAtOnce: Bool = false) -> TraceScript
    {
        var script = ended(0, of: count)
        for index in 0..<count {
            let used = 3000 + Double(index) * gap
            script.query(at: used, inode: 900 + index, goroutine: 5)
            let end = isAtOnce ? 3000 + after + Double(index) : used + after
            // A TLS session ends with an alert.
            script.receive(at: end - 0.1, inode: 900 + index, goroutine: 5, bytes: 24)
            script.state(at: end, inode: 900 + index, from: 1, to: 8)
        }
        script.connect(at: 20_000, inode: 990, descriptor: 50)
        return script
    }

    @Test func theIdleTimeoutOfThePeerIsNone() throws {
        let decision = burst(20).decided("mass-invalidation")
        #expect(decision.isClean)
        #expect(
            decision.caveats.map(\.kind) == [.otherExplanation])
        #expect(burst(20, after: 1500).decided("mass-invalidation").findings.count == 1, "not long")
        #expect(burst(20, gap: 100, isAtOnce: true).decided("mass-invalidation").findings.count == 1, "used apart")
        var patient = burst(20)
        patient.connect(at: 1, inode: 980, descriptor: 51)
        patient.query(at: 10, inode: 980, goroutine: 5)
        patient.query(at: 16_500, inode: 980, goroutine: 5)
        #expect(patient.decided("mass-invalidation").findings.count == 1, "the peer lets idle ones live for longer")
    }

    @Test func theWorstWaveIsThatWhichTheRuleAsksFor() throws {
        // 10 of 30 at 10 s hide nothing of 8 of 8 at 20 s.
        var script = ended(10, of: 30, every: 10)
        script.connect(at: 12_000, inode: 990, descriptor: 50)
        for index in UInt64(10)..<18 {
            script.query(at: 16_000 + Double(index) * 100, inode: 900 + index, goroutine: 5)
            script.state(at: 20_000, inode: 900 + index, from: 1, to: 8)
        }
        for index in UInt64(18)..<30 { script.socketClose(at: 15_000, inode: 900 + index) }
        script.connect(at: 25_000, inode: 991, descriptor: 50)
        let finding = try #require(script.decided("mass-invalidation").findings.first)
        #expect(finding.count == 8)
    }

    @Test func forgottenConnectionsAreLeftToIdleKilled() {
        var script = ended(0, of: 7)
        for index in UInt64(0)..<7 {
            script.query(at: 1000, inode: 900 + index, goroutine: 5)
            script.send(at: 10_000 + Double(index), inode: 900 + index, goroutine: 5)
            script.reset(at: 10_000.4 + Double(index), inode: 900 + index)
            script.state(at: 10_000.5 + Double(index), inode: 900 + index, from: 1, to: 7, error: 104)
        }
        #expect(redialled(script).decided("mass-invalidation").isClean)
        #expect(redialled(script).decided("idle-killed").findings.first?.confidence.level == .medium)
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = redialled(ended(7, of: 11))
        script.loss(from: 0, to: 50, kind: .socketState, count: 1)
        #expect(script.decided("mass-invalidation").findings.first?.confidence.level == .unproven)
        var clean = ended(0, of: 11)
        clean.loss(from: 0, to: 50, kind: .socketState, count: 1)
        #expect(clean.decided("mass-invalidation").reason?.kind == .recordsLost)
    }

    @Test func itNeedsStatesAndTime() {
        var script = redialled(ended(7, of: 11))
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        #expect(script.decided("mass-invalidation").reason?.kind == .notTraced)
        #expect(TraceScript().decided("mass-invalidation", after: 1).reason?.kind == .tooShort)
    }
}
