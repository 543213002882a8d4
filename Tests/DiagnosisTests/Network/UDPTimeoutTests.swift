// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct UDPTimeoutTests {
    /// A connected socket to 10.0.0.5:161.
    private func connected(_ inode: UInt64 = 900, in script: TraceScript = TraceScript()) -> TraceScript {
        var script = script
        script.connectCall(
            at: 1, inode: inode, to: .ipv4(address: 0x0a00_0005, port: 161), protocolNumber: 17, result: 0)
        return script
    }

    /// So many polls, one a second, of which each `dropped`-th is answered at the second try only, after `patience` ms.
    private func polls(
        _ count: Int, dropped: Int, patience: Double = 300, took: Double = 4, from start: Double = 100,
        size: (Int) -> Int32 = { _ in 40 }, in script: TraceScript? = nil
    ) -> TraceScript {
        var script = script ?? connected()
        for index in 1...count {
            var at = start + Double(index) * 1000
            script.send(at: at, inode: 900, goroutine: 5, bytes: size(index))
            if index % dropped == 0 {
                at += patience
                script.send(at: at, inode: 900, goroutine: 5, bytes: size(index))
            }
            script.receive(at: at + took, inode: 900, goroutine: 5)
        }
        return script
    }

    private func decided(_ script: TraceScript) -> RuleDecision { script.decided("udp-timeout", after: 120) }

    @Test func requestsThatAreRepeatedAreFound() throws {
        let finding = try #require(decided(polls(60, dropped: 5)).findings.first)
        #expect(finding.subject.description == "10.0.0.5:161")
        #expect(finding.count == 12)
        #expect(finding.confidence.level == .high)
        #expect(finding.number("unanswered") == .count(12))
        #expect(finding.number("requests") == .count(72))
        #expect(finding.number("repeated") == .count(12))
        #expect(finding.number("window_unanswered") == .count(6))
        #expect(finding.number("window_requests") == .count(36))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketIO, .socketIO])
    }

    @Test func fewAreNot() {
        #expect(decided(polls(60, dropped: 7)).isClean, "8 of 68")
        #expect(decided(polls(14, dropped: 3)).isClean, "18 requests")
        #expect(decided(polls(60, dropped: 5, patience: 90)).isClean, "within 100 ms it is one request")
    }

    @Test func oneBadWindowIsEnough() throws {
        let script = polls(30, dropped: 3, from: 30_000, in: polls(28, dropped: 99))
        let finding = try #require(decided(script).findings.first)
        #expect(finding.number("window_unanswered") == .count(9))
    }

    @Test func whatAsksForNothingIsNot() {
        var metrics = connected()
        for index in 0..<200 { metrics.send(at: 100 + Double(index) * 300, inode: 900, goroutine: 5, bytes: 30) }
        #expect(decided(metrics).isClean, "nothing is ever answered")
        var notes = polls(30, dropped: 99)
        for index in 0..<200 { notes.send(at: 40_000 + Double(index) * 300, inode: 900, goroutine: 5, bytes: 30) }
        #expect(decided(notes).isClean, "others on the same socket are")
    }

    @Test func streamsAreNot() {
        var script = connected()
        for index in 0..<2000 {
            script.send(at: 100 + Double(index) * 20, inode: 900, goroutine: 5, bytes: 160)
            if index % 50 == 0 { script.receive(at: 101 + Double(index) * 20, inode: 900, goroutine: 5) }
        }
        #expect(decided(script).isClean)
    }

    @Test func whatComesNowAndThenIsNoAnswer() {
        let decision = decided(polls(60, dropped: 5, took: 250))
        #expect(decision.isClean)
        #expect(decision.caveats.first?.kind == .otherExplanation)
    }

    @Test func socketThatIsClosedUnansweredCounts() throws {
        var script = TraceScript()
        for index in 0..<60 {
            let inode = 900 + UInt64(index)
            script = connected(inode, in: script)
            let at = 100 + Double(index) * 500
            script.send(at: at, inode: inode, goroutine: 5, bytes: 40)
            if index % 5 != 4 { script.receive(at: at + 5, inode: inode, goroutine: 5) }
            script.socketClose(at: at + 400, inode: inode, goroutine: 5)
        }
        let finding = try #require(decided(script).findings.first)
        #expect(finding.count == 12)
        #expect(finding.number("repeated") == .count(0))
    }

    @Test func errorsAreAnswers() {
        var script = connected()
        for index in 0..<60 {
            let at = 100 + Double(index) * 500
            script.send(at: at, inode: 900, goroutine: 5, bytes: 40)
            script.receive(at: at + 5, inode: 900, goroutine: 5, bytes: index % 5 == 4 ? -111 : 90)
        }
        #expect(decided(script).isClean)
    }

    @Test func othersAreSaid() {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        for index in 0..<60 { script.send(at: 100 + Double(index) * 500, inode: 900, goroutine: 5, bytes: 40) }
        #expect(decided(script).caveats.first?.kind == .cutOff)
    }

    @Test func socketWithOnePeerNeedNotBeConnected() throws {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        script.peer(.send, at: 1099, inode: 900, host: 5, port: 161)
        var one = polls(60, dropped: 5, in: script)
        #expect(try #require(decided(one).findings.first).subject.description == "10.0.0.5:161")
        one.peer(.send, at: 50_000, inode: 900, host: 6, port: 161)
        let two = decided(polls(60, dropped: 3, from: 60_000, in: one))
        #expect(two.caveats.first?.kind == .cutOff)
        #expect(two.findings.first?.count == 9, "those before the second peer")
        script.receive(at: 50, inode: 900, goroutine: 5)
        #expect(decided(polls(60, dropped: 5, in: script)).isClean, "it was spoken to")
    }

    @Test func itNeedsItsRecords() {
        var blind = polls(60, dropped: 5)
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(decided(blind).reason?.kind == .notTraced)
        var lossy = polls(60, dropped: 5)
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(decided(lossy).findings.first?.confidence.level == .unproven)
        var quiet = polls(60, dropped: 7)
        quiet.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(decided(quiet).reason?.kind == .recordsLost)
    }
}
