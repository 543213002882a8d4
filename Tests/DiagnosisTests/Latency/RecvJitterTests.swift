// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct RecvJitterTests {
    private static let uneven: [Double] = [55, 2, 3, 43, 11, 47, 2]

    /// Messages on one socket, the gaps between them in ms.
    private func script(
        _ gaps: [Double], between: (inout TraceScript, Int, Double) -> Void = { _, _, _ in }
    ) -> TraceScript {
        var script = TraceScript()
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.send(at: 50, inode: 900, goroutine: 5)
        var at = 100.0
        script.receive(at: at, inode: 900, goroutine: 5)
        for (index, gap) in gaps.enumerated() {
            between(&script, index, at)
            at += gap
            script.receive(at: at, inode: 900, goroutine: 5, bytes: 4)
            script.receive(at: at + 0.2, inode: 900, goroutine: 5, bytes: -11)
            // The body after the header.
            script.receive(at: at + 0.3, inode: 900, goroutine: 5)
        }
        return script
    }

    private func even(_ count: Int, _ gap: Double = 20) -> [Double] {
        (0..<count).map { gap + Double($0 % 3) - 1 }
    }

    private func uneven(_ count: Int) -> [Double] { (0..<count).map { Self.uneven[$0 % 7] } }

    @Test func unevenSecondHalfIsFound() throws {
        let finding = try #require(script(even(151) + uneven(151)).decided("recv-jitter").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.severity == .warning)
        #expect(finding.confidence.level == .medium)
        let numbers = Dictionary(
            uniqueKeysWithValues: (finding.evidence.first?.measurements ?? []).map { ($0.name, $0.value) })
        // The first gap is the answer's to the subscription, the next 50 are the baseline.
        #expect(numbers["gaps"] == .count(251))
        guard case .duration(let usual)? = numbers["usual_gap"], case .duration(let deviation)? = numbers["deviation"]
        else { return #expect(Bool(false)) }
        #expect(usual > .milliseconds(19) && usual < .milliseconds(21))
        #expect(deviation > .milliseconds(20) && deviation < .milliseconds(30))
        #expect(finding.count > 80 && finding.count <= 151)
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketIO, .socketIO, .socketIO])
    }

    @Test func evenStreamsAndNewPacesAreNot() {
        #expect(script(even(301)).decided("recv-jitter").isClean)
        #expect(script(even(151) + even(151, 110)).decided("recv-jitter").isClean, "another codec")
        #expect(script(even(151, 200) + even(151, 20)).decided("recv-jitter").isClean)
        // Three times the baseline, but nobody hears it.
        let quiet = even(151) + (0..<151).map { $0 % 2 == 0 ? 12 : 28 }
        #expect(script(quiet).decided("recv-jitter").isClean)
    }

    @Test func whatWasNeverEvenIsNotJudged() {
        let bursts = (0..<301).map { $0 % 6 == 5 ? 100.0 : 4 }
        #expect(script(bursts).decided("recv-jitter").reason?.kind == .tooFew)
        #expect(script(uneven(301)).decided("recv-jitter").reason != nil)
        #expect(script(even(51)).decided("recv-jitter").reason != nil, "too short")
        // A transfer that stalls.
        #expect(script(even(151, 3) + uneven(151)).decided("recv-jitter").reason != nil)
    }

    @Test func pausesAreNotJitter() {
        let speech = even(101) + (0..<301).map { $0 % 60 == 30 ? 400.0 : 20 }
        #expect(script(speech).decided("recv-jitter").isClean)
        let silence = even(101) + (0..<301).map { $0 % 12 == 7 ? 1500.0 : 20 }
        #expect(script(silence).decided("recv-jitter").isClean)
    }

    @Test func answersAreNoStream() {
        let asked = script(even(151) + uneven(151)) { $0.send(at: $2 + 0.9, inode: 900, goroutine: 5) }
        #expect(asked.decided("recv-jitter").reason != nil, "a poller's gaps are its own")
        // A receiver's report now and then changes nothing.
        let reported = script(even(151) + uneven(151)) {
            if $1 % 29 == 28 { $0.send(at: $2 + 0.9, inode: 900, goroutine: 5) }
        }
        #expect(reported.decided("recv-jitter").findings.count == 1)
    }

    @Test func sumsAreNoGaps() {
        // Every third message or so is in a sum.
        let gaps = even(101) + (0..<301).map { $0 % 3 == 2 ? 60.0 : 20 }
        var script = script(gaps)
        var at = 100.0
        var calls: UInt64 = 0
        for gap in gaps {
            if gap > 50 {
                calls += 1
                script.sum(at: at + 45, inode: 900, calls: calls, sent: 0, received: at + 44)
            }
            at += gap
        }
        #expect(script.decided("recv-jitter").findings.isEmpty)
    }

    @Test func closedSocketsStreamIsKept() {
        var closed = script(even(151) + uneven(151))
        closed.socketClose(at: 30_000, inode: 900)
        #expect(closed.decided("recv-jitter").findings.count == 1)
    }

    @Test func lossesAndGapsAreSaid() {
        var lossy = script(even(151) + uneven(151))
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(lossy.decided("recv-jitter").findings.first?.confidence.level == .unproven)
        var quiet = script(even(301))
        quiet.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(quiet.decided("recv-jitter").reason?.kind == .recordsLost)
        quiet.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(quiet.decided("recv-jitter").reason?.kind == .notTraced)
    }
}
