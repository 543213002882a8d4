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
        #expect(finding.headline == "17 % of the requests are not answered")
        #expect(
            finding.evidence.first?.text
                == "12 of 72 requests not answered, 12 of them sent again; in the worst 30 s 6 of 36; they were waited for 300 ms "
                + "as a rule, where 99 % of the answers take up to 4 ms; fd 7 was the last.")
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
        #expect(finding.evidence.first?.text.contains("in the worst 30 s 9 of") == true)
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
        #expect(decision.limits.first?.contains("does not come soon after requests") == true)
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
        #expect(finding.evidence.first?.text.contains("0 of them sent again") == true)
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
        #expect(decided(script).limits.first?.hasPrefix("1 UDP socket not looked at: not connected") == true)
    }

    @Test func socketWithOnePeerNeedNotBeConnected() throws {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        script.peer(.send, at: 1099, inode: 900, host: 5, port: 161)
        var one = polls(60, dropped: 5, in: script)
        #expect(try #require(decided(one).findings.first).subject.description == "10.0.0.5:161")
        one.peer(.send, at: 50_000, inode: 900, host: 6, port: 161)
        let two = decided(polls(60, dropped: 3, from: 60_000, in: one))
        #expect(two.limits.first?.hasPrefix("1 UDP socket") == true)
        #expect(two.findings.first?.count == 9, "those before the second peer")
        script.receive(at: 50, inode: 900, goroutine: 5)
        #expect(decided(polls(60, dropped: 5, in: script)).isClean, "it was spoken to")
    }

    @Test func itNeedsItsRecords() {
        var blind = polls(60, dropped: 5)
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(decided(blind).reason == "Receives and sends were not traced.")
        var lossy = polls(60, dropped: 5)
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(decided(lossy).findings.first?.confidence.level == .unproven)
        var quiet = polls(60, dropped: 7)
        quiet.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(decided(quiet).reason?.hasPrefix("Requests may be missing") == true)
    }
}
