// SPDX-License-Identifier: Apache-2.0
@testable import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct LatencyJitterTests {
    /// One request every 100 ms, on a connection that is leased by site 1 unless told; `time` in ms, by number.
    private func script(
        _ count: Int, isLeased: Bool = true, bytes: (Int) -> Int32 = { _ in 100 }, waited: Double = 0.01,
        between: (inout TraceScript, Int, Double) -> Void = { _, _, _ in }, _ time: (Int) -> Double
    ) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.balance", "store.go", 8)
        script.connect(at: 1, inode: 900, descriptor: 7)
        for index in 0..<count {
            let at = 100 + Double(index) * 100
            let answered = at + time(index)
            if isLeased {
                script.acquire(
                    at: at - 1, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7, waited: waited)
            }
            script.send(at: at, inode: 900, goroutine: 5, bytes: bytes(index))
            between(&script, index, at)
            script.receive(at: answered, inode: 900, goroutine: 5)
            // The rest of the answer is no round trip.
            script.receive(at: answered + 0.1, inode: 900, goroutine: 5)
            if isLeased { script.release(at: answered + 0.2, goroutine: 5, connection: 0xc0) }
        }
        return script
    }

    private func measurement(_ name: String, of finding: Finding) -> Measurement.Value? {
        finding.evidence.flatMap(\.measurements).first { $0.name == name }?.value
    }

    @Test(arguments: [true, false])
    func scatterIsFound(isLeased: Bool) throws {
        let script = script(301, isLeased: isLeased) { $0 % 27 == 5 ? 61 : 2 }
        let finding = try #require(script.decided("latency-jitter").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 11)
        #expect(finding.severity == .warning)
        let (p50, p99) = (try #require(finding.duration("p50")), try #require(finding.duration("p99")))
        #expect(p50 < .milliseconds(3) && p99 >= .milliseconds(61) && p99 < .milliseconds(64))
        #expect(finding.confidence.level == (isLeased ? .medium : .unproven))
        #expect(measurement("late_silent", of: finding) == .count(11))
        #expect(measurement("late_resent", of: finding) == .count(0))
        #expect(finding.stack?.site?.function == (isLeased ? "main.balance" : nil))
        let events = try #require(finding.evidence.first?.events)
        #expect(events.count == 6 && events.allSatisfy { $0.kind == .socketIO })
        #expect(events[1].timestamp - events[0].timestamp == .milliseconds(61))
    }

    @Test func whatJustDoesNotScatterIsNot() {
        // p99 just at ten times p50, which a bucket's edge makes a little more.
        #expect(script(301) { $0 % 27 == 5 ? 39.9 : 4 }.decided("latency-jitter").isClean)
        #expect(script(301) { $0 % 27 == 5 ? 29.9 : 1 }.decided("latency-jitter").isClean, "below the floor")
        #expect(script(301) { 50 + Double($0 % 7) }.decided("latency-jitter").isClean, "slow, but even")
        #expect(script(401) { [50, 150, 250, 350].contains($0) ? 90 : 1 }.decided("latency-jitter").isClean, "four")
    }

    @Test func otherRequestsOrOtherPlacesAreNoScatter() {
        let sizes = script(301, bytes: { $0 % 27 == 5 ? 300 : 100 }) { $0 % 27 == 5 ? 61 : 2 }
        #expect(sizes.decided("latency-jitter").isClean, "each kind is even")
        var sites = script(301) { _ in 2 }
        sites.connect(at: 1, inode: 901, descriptor: 8)
        for index in 0..<20 {
            let at = 1000 + Double(index) * 200
            sites.acquire(at: at, goroutine: 6, connection: 0xc1, inode: 901, descriptor: 8, site: 2)
            sites.query(at: at + 1, inode: 901, goroutine: 6, took: 90)
            sites.release(at: at + 95, goroutine: 6, connection: 0xc1)
        }
        #expect(sites.decided("latency-jitter").isClean, "the report's own call site")
    }

    @Test func networkIsToldFromThePeer() throws {
        let script = script(
            301, between: { if $1 % 27 == 5 { $0.retransmit(at: $2 + 20, inode: 900) } }, { $0 % 27 == 5 ? 61 : 2 })
        let finding = try #require(script.decided("latency-jitter").findings.first)
        #expect(finding.confidence.level == .high)
        #expect(measurement("late_resent", of: finding) == .count(11))
    }

    @Test func timeInTheSocketIsNotThePeers() throws {
        func unread(_ arrivalAge: UInt16) -> TraceScript {
            var script = script(301) { _ in 2 }
            script.connect(at: 1, inode: 901, descriptor: 8)
            for index in 0..<11 {
                let at = 150 + Double(index) * 2700
                script.acquire(at: at - 1, goroutine: 6, connection: 0xc1, inode: 901, descriptor: 8)
                script.send(at: at, inode: 901, goroutine: 6)
                script.receive(at: at + 90, inode: 901, goroutine: 6, waited: arrivalAge)
                script.release(at: at + 91, goroutine: 6, connection: 0xc1)
            }
            return script
        }
        #expect(unread(70).decided("latency-jitter").isClean)
        let finding = try #require(unread(40).decided("latency-jitter").findings.first)
        #expect(finding.count == 11)
        #expect(try #require(finding.duration("p99")) < .milliseconds(53))
        #expect(measurement("unread", of: finding) == .count(11))
    }

    @Test func waitForThePoolIsTold() throws {
        let finding = try #require(
            script(301, waited: 35) { $0 % 27 == 5 ? 61 : 2 }.decided("latency-jitter").findings.first)
        #expect(measurement("late_after_pool_wait", of: finding) == .count(11))
    }

    @Test func coldStartIsNoScatterAndIsSaid() {
        let decision = script(301) { $0 < 11 ? 61 : 2 }.decided("latency-jitter")
        #expect(decision.isClean)
        #expect(decision.caveats.map(\.kind).contains(.otherExplanation))
    }

    @Test func spellOfTroubleIsANote() throws {
        let finding = try #require(
            script(301) { 150...160 ~= $0 ? 61 : 2 }.decided("latency-jitter").findings.first)
        #expect(finding.severity == .note)
        #expect(finding.count == 11)
    }

    @Test func pushesAndPeersThatAskAreNotJudged() {
        var pushes = script(301, isLeased: false) { $0 % 27 == 5 ? 61 : 2 }
        for index in 0..<100 { pushes.receive(at: 170 + Double(index) * 300, inode: 900, goroutine: 5) }
        #expect(pushes.decided("latency-jitter").reason != nil)
        var late = TraceScript()
        late.accept(at: 1, inode: 900, result: 7)
        for index in 0..<301 {
            late.query(at: 100 + Double(index) * 100, inode: 900, goroutine: 5, took: index % 27 == 5 ? 61 : 2)
        }
        #expect(late.decided("latency-jitter").reason != nil, "the client thinks")
    }

    /// The answer to the request before them may be in the sums: what is received after is not.
    @Test func sumsEndARoundTrip() {
        var script = script(301) { _ in 2 }
        for index in 0..<11 {
            let at = 150 + Double(index) * 2700
            script.send(at: at, inode: 900, goroutine: 5)
            script.sum(at: at + 10, inode: 900, calls: UInt64(index + 1) * 10, sent: at + 8, received: at + 9)
            script.receive(at: at + 40, inode: 900, goroutine: 5)
        }
        #expect(script.decided("latency-jitter").findings.isEmpty)
    }

    @Test func tooFewTooShortLossesAndGapsAreSaid() throws {
        #expect(script(99) { $0 % 27 == 5 ? 61 : 2 }.decided("latency-jitter").reason?.kind == .tooFew)
        var lossy = script(301) { $0 % 27 == 5 ? 61 : 2 }
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(lossy.decided("latency-jitter").findings.first?.confidence.level == .unproven)
        var quiet = script(301) { _ in 2 }
        quiet.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(quiet.decided("latency-jitter").reason?.kind == .recordsLost)
        var blind = quiet
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(blind.decided("latency-jitter").reason?.kind == .notTraced)
        var thresholds = Thresholds()
        thresholds[LatencyJitterRule.samples] = 99
        let finding = try #require(
            script(99) { $0 % 7 == 5 ? 61 : 2 }.decided("latency-jitter", after: 60, thresholds).findings.first)
        #expect(finding.count == 14)
    }
}
