// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SocketRuleTests {
    /// Leases of `held` ms whose socket works for `used` ms.
    private func holds(_ count: UInt64, held: Double, used: Double) -> TraceScript {
        var script = TraceScript()
        script.site(1, "main.invoice", "invoice.go", 7)
        for index in 0..<count {
            let at = 100 + Double(index) * 1000
            script.acquire(at: at, goroutine: 5, connection: 0xc0, inode: 900, descriptor: 7)
            script.query(at: at + 1, inode: 900, goroutine: 5, took: used)
            script.release(at: at + held, goroutine: 5, connection: 0xc0)
        }
        return script
    }

    @Test func idleHoldIsFound() throws {
        let finding = try #require(holds(5, held: 500, used: 20).decided("idle-hold").findings.first)
        #expect(finding.number("socket_share") == .share(0.04))
        #expect(finding.severity == .note, "nobody waited for the pool")
        #expect(finding.count == 5)
    }

    @Test func busyShortOrFewHoldsAreNot() {
        #expect(holds(5, held: 500, used: 200).decided("idle-hold").isClean)
        #expect(holds(5, held: 90, used: 2).decided("idle-hold").isClean)
        #expect(holds(2, held: 500, used: 20).decided("idle-hold").isClean)
    }

    @Test func idleHoldIsAWarningWhenOthersWait() {
        var script = holds(5, held: 500, used: 20)
        script.begin(at: 200, goroutine: 6, site: 2)
        script.end(at: 600, goroutine: 6, connection: 0)
        #expect(script.decided("idle-hold").findings.first?.severity == .warning)
    }

    @Test func idleHoldNeedsIO() {
        var script = holds(5, held: 500, used: 20)
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_io" }
        #expect(script.decided("idle-hold").reason?.kind == .notTraced)
    }

    @Test func lostIOMakesIdleHoldUnproven() {
        var script = holds(5, held: 500, used: 20)
        script.loss(from: 0, to: 50, kind: .socketIO, count: 1)
        #expect(script.decided("idle-hold").findings.first?.confidence.level == .unproven)
    }

    @Test func closeWaitIsFoundByEndpoint() throws {
        var script = TraceScript()
        for index in 0..<UInt64(3) {
            script.connect(at: 1, inode: 900 + index, descriptor: Int32(7 + index))
            script.state(at: 1000, inode: 900 + index, from: 1, to: 8)
        }
        script.acquire(at: 500, goroutine: 5, connection: 0xc0, inode: 901, descriptor: 8)
        script.socketClose(at: 12_000, inode: 902)
        let finding = try #require(script.decided("close-wait").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 3)
        #expect(finding.severity == .warning)
        #expect(finding.number("longest") == .duration(.seconds(59)))
        #expect(finding.number("still_open") == .count(2))
        #expect(finding.number("leased") == .count(1))
        #expect(finding.number("pooled") == .count(0))
    }

    @Test func closeWaitIsKnownFromTheCensusAlone() {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        script.census(at: 1000, index: 0, inode: 900, descriptor: 7, state: 8)
        script.censusEnd(at: 1001, index: 0, started: 999, sockets: 1)
        #expect(script.decided("close-wait").findings.count == 1)
    }

    @Test func closeWaitNeedsStatesOrACensus() {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        #expect(script.decided("close-wait").reason != nil)
    }

    @Test func closeWaitNeedsTime() {
        #expect(TraceScript().decided("close-wait", after: 5).reason?.kind == .tooShort)
    }
}
