// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct TurnoverRuleTests {
    /// `connections`, one after the other, each leased `leases` times and closed `closedAfter` ms after its last release;
    /// `nil`: not closed. Meanwhile `kept` leases on a connection that stays.
    private func script(
        connections: UInt64, leases: UInt64 = 1, closedAfter: Double? = 1, kept: UInt64 = 0, state: UInt16 = 1,
        error: UInt64 = 0, peerEnds: (farewell: Double?, fin: Double)? = nil
    ) -> TraceScript {
        var script = TraceScript()
        for index in 0..<connections {
            let at = 100 + Double(index) * 500
            let connection = 0x100 + index
            script.connect(at: at - 5, inode: 2000 + index, descriptor: 7, goroutine: 5)
            for lease in 0..<leases {
                let begin = at + Double(lease) * 20
                script.acquire(
                    at: begin, goroutine: 5, connection: connection, inode: 2000 + index, descriptor: 7, state: 1)
                script.query(at: begin + 1, inode: 2000 + index, goroutine: 5)
                script.release(at: begin + 10, goroutine: 5, connection: connection, error: error)
            }
            if let closedAfter {
                let last = at + Double(leases - 1) * 20 + 10
                if let peerEnds {
                    if let farewell = peerEnds.farewell {
                        script.send(at: last + farewell, inode: 2000 + index, goroutine: 5, bytes: 5)
                    }
                    script.state(at: last + peerEnds.fin, inode: 2000 + index, from: 1, to: 8)
                }
                script.connectionClose(at: last + closedAfter, connection: connection)
                script.socketClose(at: last + closedAfter, inode: 2000 + index, goroutine: 5, state: state)
            }
        }
        for index in 0..<kept {
            let at = 110 + Double(index) * 50
            script.acquire(at: at, goroutine: 9, connection: 0xce, inode: 950, descriptor: 50, state: 1)
            script.release(at: at + 10, goroutine: 9, connection: 0xce)
        }
        return script
    }

    @Test func poolThatKeepsNothingIsFoundOnce() throws {
        let script = script(connections: 29)
        let finding = try #require(script.decided("no-reuse").findings.first)
        #expect(finding.number("leases_per_connection") == .share(1))
        #expect(finding.count == 29)
        #expect(finding.number("leases") == .count(29))
        #expect(finding.number("opened") == .count(29))
        #expect(finding.number("closed") == .count(29))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketClose, .socketClose])
        #expect(script.decided("idle-churn").isClean, "one cause, one finding")
    }

    /// As of gosnmp, whose clients are made for a poll and closed.
    @Test(arguments: ["no-reuse", "idle-churn"]) func aLibraryWithoutAPoolIsNotJudged(_ rule: String) {
        var script = script(connections: 29)
        script.plan.pools[0].keepsConnections = false
        #expect(script.decided(rule).reason?.kind == .otherExplanation)
    }

    @Test func reusedOrKeptConnectionsAreNot() {
        #expect(script(connections: 13, leases: 2).decided("no-reuse").isClean)
        #expect(script(connections: 29, closedAfter: nil).decided("no-reuse").isClean, "a pool that was just filled")
        #expect(script(connections: 29, kept: 31).decided("no-reuse").isClean, "most leases are on one that stays")
    }

    @Test(arguments: [8, 9, 7] as [UInt16]) func peersDecisionIsNotThePools(_ state: UInt16) {
        #expect(script(connections: 29, state: state).decided("no-reuse").isClean)
        #expect(script(connections: 29, kept: 60, state: state).decided("idle-churn").isClean)
    }

    /// The server has read the driver's farewell and closed before the driver does.
    @Test func aFarewellThatIsAnsweredFirstIsStillThePools() throws {
        let script = script(connections: 13, closedAfter: 3, kept: 60, state: 8, peerEnds: (farewell: 1, fin: 2))
        #expect(try #require(script.decided("idle-churn").findings.first).count == 13)
        for peerEnds in [(1, -1), (-1, 1), (nil, 1)] as [(farewell: Double?, fin: Double)] {
            let script = self.script(connections: 13, closedAfter: 3, kept: 60, state: 8, peerEnds: peerEnds)
            #expect(script.decided("idle-churn").isClean, "the peer closed without being told to: \(peerEnds)")
        }
    }

    @Test func brokenConnectionsAreNotThePools() {
        #expect(script(connections: 29, error: 0x77).decided("no-reuse").isClean)
        #expect(script(connections: 29, kept: 60, error: 0x77).decided("idle-churn").isClean)
    }

    @Test func fewLeasesAreNotEvaluated() {
        #expect(script(connections: 19).decided("no-reuse").reason?.kind == .tooFew)
    }

    @Test func closesAtReleaseAreFound() throws {
        let finding = try #require(script(connections: 13, kept: 60).decided("idle-churn").findings.first)
        #expect(finding.count == 13)
        #expect(finding.severity == .note)
        #expect(finding.number("closed_at_release") == .count(13))
    }

    @Test func closesThatDoNotFollowAReleaseAreNot() {
        #expect(script(connections: 13, closedAfter: 51, kept: 60).decided("idle-churn").isClean)
    }

    @Test func closesAreARate() {
        let script = script(connections: 13, kept: 60)
        #expect(script.decided("idle-churn", after: 120).isClean, "6.5 a minute")
        #expect(self.script(connections: 7, kept: 60).decided("idle-churn", after: 60).isClean)
        let short = self.script(connections: 7, kept: 60).decided("idle-churn", after: 20)
        #expect(short.reason?.kind == .tooFew)
    }

    /// The default of database/sql keeps 2 of 30.
    @Test(arguments: ["no-reuse", "idle-churn"]) func oneBurstIsNot(_ rule: String) {
        #expect(bursts(1).decided(rule).isClean)
        #expect(bursts(3).decided(rule).isClean, "dialled again twice")
        #expect(bursts(4).decided("no-reuse").findings.count == 1)
    }

    /// Thirty leases at one time, after which 28 connections are closed; again and again, 5 s apart.
    private func bursts(_ count: UInt64) -> TraceScript {
        var script = TraceScript()
        for burst in 0..<count {
            let at = 1000 + Double(burst) * 5000
            for index in 0..<UInt64(30) {
                let inode = 2000 + burst * 100 + index
                script.connect(at: at + Double(index) / 100, inode: inode, descriptor: 7, goroutine: 50 + index)
            }
            for index in 0..<UInt64(30) {
                let inode = 2000 + burst * 100 + index
                script.acquire(
                    at: at + 10, goroutine: 50 + index, connection: 0x100 + burst * 100 + index, inode: inode,
                    descriptor: 7, state: 1)
            }
            for index in 0..<UInt64(30) {
                let connection = 0x100 + burst * 100 + index
                script.release(at: at + 20, goroutine: 50 + index, connection: connection)
                if index < 28 {
                    script.connectionClose(at: at + 21, connection: connection)
                    script.socketClose(at: at + 21, inode: 2000 + burst * 100 + index, state: 1)
                }
            }
        }
        return script
    }

    @Test func poolThatShrinksIsNot() {
        var script = TraceScript()
        for index in 0..<UInt64(13) {
            script.census(at: 1, index: 0, inode: 2000 + index, descriptor: Int32(7 + index))
            script.acquire(
                at: 100, goroutine: 20 + index, connection: 0x100 + index, inode: 2000 + index,
                descriptor: Int32(7 + index), state: 1)
            script.release(at: 200, goroutine: 20 + index, connection: 0x100 + index)
            script.socketClose(at: 201, inode: 2000 + index, state: 1)
        }
        #expect(script.decided("idle-churn").isClean)
    }

    @Test(arguments: ["no-reuse", "idle-churn"]) func lossesAndGapsAreSaid(_ rule: String) {
        let kept: UInt64 = rule == "no-reuse" ? 0 : 60
        var lossy = script(connections: 29, kept: kept)
        lossy.loss(from: 0, to: 50, kind: .socketClose, count: 1)
        #expect(lossy.decided(rule).findings.first?.confidence.level == .unproven)
        var quiet = script(connections: 29, closedAfter: nil)
        quiet.loss(from: 0, to: 50, kind: .socketClose, count: 1)
        #expect(quiet.decided(rule).reason != nil)
        var blind = script(connections: 29, kept: kept)
        blind.plan.kernelProbes[0].records.removeAll { $0 == "socket_close" }
        #expect(blind.decided(rule).reason?.kind == .notTraced)
        #expect(TraceScript().decided(rule, after: 1).reason != nil)
    }

    @Test func poolWithoutKnownSocketsIsNotEvaluated() {
        var script = TraceScript()
        for index in 0..<UInt64(29) {
            script.acquire(at: 100 + Double(index) * 20, goroutine: 5, connection: 0x100 + index)
            script.release(at: 110 + Double(index) * 20, goroutine: 5, connection: 0x100 + index)
        }
        #expect(script.decided("no-reuse").reason?.kind == .unknown)
    }
}
