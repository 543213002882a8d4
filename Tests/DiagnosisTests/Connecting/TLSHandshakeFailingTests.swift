// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TLSHandshakeFailingTests {
    /// Handshakes on connections of their own, each 100 ms long unless it takes longer.
    private func script(_ handshakes: [(took: Double, error: UInt64)], port: UInt16 = 5432) -> TraceScript {
        var script = TraceScript()
        script.traceHandshakes()
        script.errorType(0x91, "x509.UnknownAuthorityError")
        for (index, handshake) in handshakes.enumerated() {
            let inode = 900 + UInt64(index)
            let at = 100 + Double(index) * 200
            script.connect(at: at, inode: inode, descriptor: 7, port: port)
            script.send(at: at + 1, inode: inode, goroutine: 5)
            script.receive(at: at + 2, inode: inode, goroutine: 5)
            script.handshake(
                at: at + handshake.took, inode: inode, goroutine: 5, took: handshake.took, error: handshake.error)
            script.socketClose(at: at + handshake.took + 1, inode: inode, state: 1)
        }
        return script
    }

    /// Connections on which something is sent and nothing comes.
    private func silent(
        _ count: Int, port: UInt16 = 443, waited: Double = 100, state: UInt16? = 8, isAnswered: Bool = false
    ) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            let inode = 900 + UInt64(index)
            let at = 100 + Double(index) * 200
            script.connect(at: at, inode: inode, descriptor: 7, port: port)
            script.send(at: at + 1, inode: inode, goroutine: 5)
            if isAnswered { script.receive(at: at + 2, inode: inode, goroutine: 5) }
            if let state { script.socketClose(at: at + waited, inode: inode, state: state) }
        }
        return script
    }

    @Test func failedHandshakesAreFound() throws {
        let finding = try #require(
            script([(40, 0), (40, 0x91), (40, 0x91), (40, 0), (70, 0x92)]).decided("tls-handshake-failing").findings
                .first)
        #expect(finding.count == 3)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.severity == .warning)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("handshakes") == .count(5))
        #expect(finding.number("failed") == .count(3))
        #expect(finding.number("hung") == .count(0))
        #expect(finding.number("longest") == .duration(.milliseconds(70)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.tlsHandshake, .tlsHandshake])
    }

    @Test func oneAmongManyIsANote() {
        let handshakes = (0..<40).map { (took: 40.0, error: UInt64($0 == 7 ? 0x92 : 0)) }
        #expect(script(handshakes).decided("tls-handshake-failing").findings.first?.severity == .note)
    }

    @Test func longHandshakesHang() {
        #expect(script([(5001, 0)]).decided("tls-handshake-failing").findings.first?.count == 1)
        #expect(script([(4999, 0), (40, 0)]).decided("tls-handshake-failing").isClean)
    }

    @Test func socketThatClosesBeforeItsHandshakeReturnsIsKnown() throws {
        var script = TraceScript()
        script.traceHandshakes()
        script.connect(at: 100, inode: 900, descriptor: 7)
        script.socketClose(at: 1100, inode: 900, state: 1)
        script.handshake(at: 1101, inode: 900, goroutine: 5, took: 1000, error: 0x93)
        let finding = try #require(script.decided("tls-handshake-failing").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 1)
    }

    /// Handshakes that are given up by closing: by a context of which the error is named so.
    private func givenUp(_ count: UInt64, _ error: String, state: UInt16 = 1, took: Double = 300) -> TraceScript {
        var script = script([(40, 0)])
        script.errorType(0x94, error)
        for index in 0..<count {
            let at = 2000 + Double(index) * 10_000
            script.connect(at: at, inode: 950 + index, descriptor: 8, goroutine: 6)
            script.socketClose(at: at + took, inode: 950 + index, state: state)
            script.handshake(at: at + took + 1, inode: 950 + index, goroutine: 6, took: took, error: 0x94)
        }
        return script
    }

    @Test func handshakesThatAreCancelledAreNoFailures() throws {
        let cancelled = "*errors.errorString"
        #expect(givenUp(3, cancelled).decided("tls-handshake-failing").isClean)
        #expect(givenUp(3, cancelled, state: 8).decided("tls-handshake-failing").findings.first?.count == 3, "EOF")
        #expect(givenUp(3, cancelled, took: 6000).decided("tls-handshake-failing").findings.first?.count == 3, "hung")
        let late = givenUp(3, "context.deadlineExceededError").decided("tls-handshake-failing")
        #expect(late.findings.first?.count == 3, "nobody answered in time")
        var mixed = givenUp(2, cancelled)
        mixed.connect(at: 50_000, inode: 990, descriptor: 8, goroutine: 6)
        mixed.handshake(at: 50_100, inode: 990, goroutine: 6, took: 70, error: 0x91)
        let finding = try #require(mixed.decided("tls-handshake-failing").findings.first)
        #expect(finding.count == 1)
        #expect(finding.number("failed") == .count(1) && finding.number("cancelled") == .count(2))
    }

    @Test func handshakeWithoutAWalkIsThatOfTheGoroutineThatDialled() throws {
        var script = TraceScript()
        script.traceHandshakes()
        script.dial(at: 100, inode: 900, descriptor: 7, goroutine: 5, took: 2)
        script.dial(at: 101, inode: 901, descriptor: 8, goroutine: 6, took: 2)
        script.handshake(at: 150, inode: 0, goroutine: 5, took: 40, error: 0x91)
        // Another one without a dial: its socket is not known.
        script.handshake(at: 250, inode: 0, goroutine: 5, took: 40, error: 0x91)
        let findings = script.decided("tls-handshake-failing").findings
        #expect(findings.map(\.subject.description) == ["an unknown endpoint", "10.0.0.5:5432"])
        #expect(findings.map(\.count) == [1, 1])
    }

    @Test func silenceOnAPortOfTLSIsFound() throws {
        let finding = try #require(silent(3).decided("tls-handshake-failing").findings.first)
        #expect(finding.count == 3)
        #expect(finding.confidence.level == .medium)
        #expect(silent(1, waited: 5001, state: 1).decided("tls-handshake-failing").findings.first?.count == 1)
        #expect(silent(1, state: nil).decided("tls-handshake-failing").findings.first?.count == 1, "open at the end")
    }

    @Test func otherSilenceIsNot() {
        #expect(silent(3, isAnswered: true).decided("tls-handshake-failing").isClean)
        #expect(silent(3, waited: 4999, state: 1).decided("tls-handshake-failing").isClean, "this side gave up")
        #expect(silent(3, port: 5432).decided("tls-handshake-failing").reason != nil, "maybe it speaks no TLS")
        #expect(silent(3, state: nil).decided("tls-handshake-failing", after: 4).isClean)
    }

    @Test func silenceBesideHandshakesIsFound() throws {
        var script = script([(40, 0), (40, 0)])
        script.connect(at: 2000, inode: 950, descriptor: 9)
        script.send(at: 2001, inode: 950, goroutine: 6)
        let finding = try #require(script.decided("tls-handshake-failing").findings.first)
        #expect(finding.count == 1)
        #expect(finding.severity == .note)
        #expect(finding.number("closed_without_reply") == .count(1))
    }

    @Test func lossesAndGapsAreSaid() {
        var quiet = script([(40, 0)])
        quiet.loss(from: 0, to: 50, kind: .tlsHandshake, count: 1)
        #expect(quiet.decided("tls-handshake-failing").reason?.kind == .recordsLost)
        var lossy = silent(3)
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(lossy.decided("tls-handshake-failing").findings.first?.confidence.level == .unproven)
        #expect(silent(0).decided("tls-handshake-failing").reason?.kind == .notTraced)
        #expect(script([]).decided("tls-handshake-failing").reason?.kind == .nothingThere)
    }
}
