// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SerialWalkTests {
    /// `trips` round trips of `took` ms, `gap` ms apart, each with a lease of its own.
    private func script(
        trips: Int, took: Double = 3, gap: Double = 0.5, bytes: (Int) -> Int32 = { _ in 100 },
        between: (inout TraceScript, Double) -> Void = { _, _ in }
    ) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.prices", "prices.go", 8)
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.connect(at: 1, inode: 990, descriptor: 9)
        for index in 0..<trips {
            let at = 100 + Double(index) * (took + gap)
            script.acquire(at: at, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.send(at: at + 0.01, inode: 900, goroutine: 5, bytes: bytes(index))
            script.receive(at: at + took, inode: 900, goroutine: 5)
            script.release(at: at + took + 0.01, goroutine: 5, connection: 0xc0)
            between(&script, at + took + gap / 2)
        }
        return script
    }

    @Test func rowOfRoundTripsIsFound() throws {
        let finding = try #require(script(trips: 53).decided("sequential-round-trips").findings.first)
        #expect(finding.number("trips") == .count(53))
        #expect(finding.count == 1)
        #expect(finding.number("savable") == .duration(.microseconds(155_480)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketIO, .socketIO])
    }

    @Test func fewOrFastTripsAreNot() {
        #expect(script(trips: 49).decided("sequential-round-trips").isClean)
        #expect(script(trips: 101, took: 0.5, gap: 0.1).decided("sequential-round-trips").isClean, "saves 49 ms")
    }

    @Test func pausesUnlikeRequestsOrLongTripsAreNot() {
        #expect(script(trips: 101, gap: 3.5).decided("sequential-round-trips").isClean)
        #expect(script(trips: 101, bytes: { $0 % 2 == 0 ? 100 : 1000 }).decided("sequential-round-trips").isClean)
        #expect(script(trips: 101, took: 300).decided("sequential-round-trips").isClean)
    }

    @Test func aPauseEndsTheRowAfterItsLastTrip() throws {
        var script = script(trips: 53)
        script.acquire(at: 2000, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        script.query(at: 2001, inode: 900, goroutine: 5, took: 3)
        script.release(at: 2010, goroutine: 5, connection: 0xc0)
        let finding = try #require(script.decided("sequential-round-trips").findings.first)
        #expect(finding.number("trips") == .count(53))
    }

    @Test func handlerThatServesOneRequestAfterTheOtherIsNot() {
        let script = script(trips: 101, between: { $0.send(at: $1, inode: 990, goroutine: 5) })
        #expect(script.decided("sequential-round-trips").isClean)
    }

    @Test func pipelineIsOneTrip() {
        let script = script(trips: 40, between: { $0.query(at: $1, inode: 990, goroutine: 6) })
        #expect(
            script.decided("sequential-round-trips").isClean,
            "another goroutine's traffic does not matter, and 40 are few")
        var pipelined = TraceScript()
        pipelined.connect(at: 1, inode: 900, descriptor: 7)
        pipelined.acquire(at: 50, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
        for index in 0..<101 { pipelined.send(at: 100 + Double(index), inode: 900, goroutine: 5) }
        for index in 0..<101 { pipelined.receive(at: 300 + Double(index), inode: 900, goroutine: 5) }
        pipelined.release(at: 500, goroutine: 5, connection: 0xc0)
        #expect(pipelined.decided("sequential-round-trips").isClean)
    }

    @Test func lossesAndGapsAreSaid() {
        var lossy = script(trips: 53)
        lossy.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(lossy.decided("sequential-round-trips").findings.first?.confidence.level == .unproven)
        var quiet = script(trips: 10)
        quiet.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(quiet.decided("sequential-round-trips").reason != nil)
        var blind = script(trips: 53)
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(blind.decided("sequential-round-trips").reason?.kind == .notTraced)
        #expect(TraceScript().decided("sequential-round-trips", after: 1).reason != nil)
    }
}
