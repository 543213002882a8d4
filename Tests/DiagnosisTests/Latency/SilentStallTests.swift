// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SilentStallTests {
    /// Two connections with requests of two sizes in turn, each answered after `took` ms; another goroutine works all the
    /// time, up to the 8th second.
    private func busy(_ trips: Int = 60, took: Double = 1) -> TraceScript {
        var script = TraceScript()
        for inode: UInt64 in [900, 901] {
            script.connect(at: 1, inode: inode, descriptor: Int32(inode - 893))
            for index in 0..<trips {
                let at = 10 + Double(index) * (10 + took) + Double(inode - 900) * 5
                script.send(at: at, inode: inode, goroutine: inode, bytes: index % 2 == 0 ? 100 : 50)
                script.receive(at: at + took, inode: inode, goroutine: inode)
            }
        }
        script.connect(at: 1, inode: 990, descriptor: 9, port: 80)
        for index in 0..<80 { script.send(at: 10 + Double(index) * 100, inode: 990, goroutine: 3) }
        return script
    }

    /// Both ask, and are answered after `wait`, the second one `apart` later.
    private func stall(
        _ script: inout TraceScript, at: Double = 1000, wait: Double = 1000, apart: Double = 5, bytes: Int32 = 50
    ) {
        script.send(at: at, inode: 900, goroutine: 900, bytes: 100)
        script.send(at: at + 1, inode: 901, goroutine: 901, bytes: bytes)
        script.receive(at: at + wait, inode: 900, goroutine: 900)
        script.receive(at: at + wait + apart, inode: 901, goroutine: 901)
    }

    private func decided(
        _ script: TraceScript? = nil, _ thresholds: Thresholds = Thresholds(), _ change: (inout TraceScript) -> Void
    ) -> RuleDecision {
        var script = script ?? busy()
        change(&script)
        return script.decided("silent-stall", after: 9, thresholds)
    }

    @Test func silenceOfAllIsFound() throws {
        let decision = decided { script in
            stall(&script)
            stall(&script, at: 3000, wait: 450)
        }
        let finding = try #require(decision.findings.first)
        #expect(decision.findings.count == 1)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 2)
        #expect(finding.confidence.level == .high)
        #expect(finding.firstSeen == TraceScript.instant(1000))
        #expect(finding.lastSeen == TraceScript.instant(3450))
        #expect(finding.number("stalls") == .count(2))
        #expect(finding.number("longest") == .duration(.milliseconds(1000)))
        #expect(finding.number("connections") == .count(2))
        #expect(finding.number("requests") == .count(4))
        #expect(finding.number("acknowledged") == .count(4))
        #expect(finding.number("round_trips") == .count(120))
        #expect(finding.number("round_trip_p99") == .duration(.milliseconds(1)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketIO, .socketIO])
    }

    @Test func silenceThatGoesOnIsFoundToo() throws {
        let decision = decided { script in
            script.send(at: 6000, inode: 900, goroutine: 900, bytes: 100)
            script.send(at: 6001, inode: 901, goroutine: 901, bytes: 50)
        }
        let finding = try #require(decision.findings.first)
        #expect(finding.confidence.level == .medium)
        #expect(finding.number("longest") == .duration(.seconds(3)))
    }

    @Test func requestsThatAreGivenUpCount() throws {
        let decision = decided { script in
            script.send(at: 2000, inode: 900, goroutine: 900, bytes: 100)
            script.send(at: 2000, inode: 901, goroutine: 901, bytes: 50)
            script.socketClose(at: 3000, inode: 900, goroutine: 900)
            script.socketClose(at: 3001, inode: 901, goroutine: 901)
            // Nobody asks for four seconds.
            script.connect(at: 7000, inode: 902, descriptor: 7)
            script.query(at: 7001, inode: 902, goroutine: 900)
        }
        let finding = try #require(decision.findings.first)
        #expect(finding.number("longest") == .duration(.milliseconds(1001)))
    }

    @Test func shortSilencesAreNot() {
        #expect(decided { stall(&$0, wait: 190) }.isClean)
        #expect(decided(busy(took: 50)) { stall(&$0, at: 4000, wait: 240) }.isClean, "less than five times p99")
        #expect(decided(busy(took: 40)) { stall(&$0, at: 4000, wait: 400) }.findings.count == 1)
    }

    @Test func slowByDesignIsNot() {
        let decision = decided(busy(took: 300)) { script in
            stall(&script, at: 20_000)
            script.end = TraceEnd(reason: "test", endedAt: TraceScript.instant(25_000))
        }
        #expect(decision.isClean)
    }

    @Test func oneAloneIsNotJudged() {
        let decision = decided { $0.query(at: 1000, inode: 900, goroutine: 900, took: 1000) }
        #expect(decision.isClean)
        #expect(
            decision.caveats.map(\.kind) == [.otherExplanation])
        var one = Thresholds()
        one[SilentStallRule.connections] = 1
        let found = decided(nil, one) { $0.query(at: 1000, inode: 900, goroutine: 900, took: 1000) }
        #expect(found.findings.first?.confidence.level == .medium, "one size")
    }

    @Test func whoeverIsAnsweredMeanwhileRefutesIt() {
        let decision = decided { script in
            stall(&script)
            script.connect(at: 1001, inode: 902, descriptor: 10)
            for index in 0..<9 { script.query(at: 1050 + Double(index) * 100, inode: 902, goroutine: 4) }
        }
        #expect(decision.isClean)
    }

    @Test func answersThatDoNotComeTogetherAreNot() {
        #expect(decided { stall(&$0, apart: 700) }.isClean)
    }

    @Test func requestsOfAnUnknownKindAreNot() {
        #expect(decided { stall(&$0, bytes: 77) }.isClean)
    }

    @Test func waitersForAPushAreNot() {
        let decision = decided { script in
            for inode: UInt64 in [910, 911, 912] {
                script.connect(at: 1, inode: inode, descriptor: Int32(inode - 890))
                script.query(at: 800, inode: inode, goroutine: inode)
                script.receive(at: 801, inode: inode, goroutine: inode, bytes: -11)
                script.receive(at: 5000, inode: inode, goroutine: inode)
            }
        }
        #expect(decision.isClean)
    }

    @Test func thoseWhoWaitMostOfTheTimeWaitOnPurpose() {
        let decision = decided { script in
            for round in 0..<5 { stall(&script, at: 1000 + Double(round) * 1500, wait: 1300) }
        }
        #expect(decision.isClean)
        #expect(decision.caveats.first?.kind == .otherExplanation)
    }

    @Test func aProcessThatStoodStillIsNotItsPeersFault() {
        let decision = decided { stall(&$0, at: 8000, wait: 900) }
        #expect(decision.isClean)
        #expect(decision.caveats.first?.kind == .otherExplanation)
        let seen = decided { script in
            stall(&script, at: 8000, wait: 900)
            for inode: UInt64 in [900, 901] {
                script.census(at: 8500, index: 1, inode: inode, descriptor: Int32(inode - 893))
            }
        }
        #expect(seen.findings.count == 1, "a census saw that nothing had come")
        let unread = decided { script in
            stall(&script, at: 8000, wait: 900)
            script.census(at: 8500, index: 1, inode: 900, descriptor: 7, unread: 12)
        }
        #expect(unread.isClean, "the answer lay there unread")
    }

    @Test func answersThatAreInSumsAreNotMissed() throws {
        for inode: UInt64 in [0, 900, 901] {
            let decision = decided { script in
                stall(&script)
                script.detail(at: 1500, inode: inode)
            }
            #expect(decision.findings.isEmpty)
            #expect(decision.caveats.map(\.kind).contains(.notTraced))
        }
        let before = decided { script in
            stall(&script)
            script.detail(at: 3000, inode: 900)
            script.sum(at: 4000, inode: 900, since: 3000, calls: 7, sent: 3900, received: 3901)
            script.send(at: 5000, inode: 901, goroutine: 901, bytes: 50)
        }
        #expect(try #require(before.findings.first).confidence.level == .high, "it was over before")
    }

    @Test func lostSegmentsAreNotAStall() {
        let decision = decided { script in
            stall(&script)
            script.retransmit(at: 1300, inode: 900)
        }
        #expect(decision.isClean)
    }

    @Test func withoutAcknowledgementsOrSizesItIsLessSure() {
        let blind = decided { script in
            script.plan.kernelProbes[0].records.removeAll { $0 == "socket_retransmit" }
            stall(&script)
        }
        #expect(blind.findings.first?.confidence.level == .medium)
        #expect(blind.findings.first?.severity == .warning)
        let alike = decided { stall(&$0, bytes: 100) }
        #expect(alike.findings.first?.confidence.level == .medium)
        #expect(alike.findings.first?.severity == .note)
    }

    @Test func itNeedsRoundTripsAndRecords() {
        let few = decided(busy(30)) { stall(&$0) }
        #expect(few.reason?.kind == .tooFew)
        #expect(few.caveats.first?.kind == .tooFew)
        let blind = decided { $0.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" } }
        #expect(blind.reason?.kind == .notTraced)
        let lossy = decided { script in
            stall(&script)
            script.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        }
        #expect(lossy.findings.first?.confidence.level == .unproven)
        #expect(
            decided { $0.loss(from: 0, to: 50, kind: .socketIO, count: 1) }.reason?.kind == .recordsLost)
    }
}
