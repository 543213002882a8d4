// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite struct MassInvalidationTests {
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
        #expect(finding.subject == "10.0.0.5:5432")
        #expect(finding.count == 7)
        #expect(finding.confidence.level == .certain)
        #expect(
            finding.evidence.first?.text
                == "7 of 11 connections (64 %) got FIN or RST within 600 ms; 1 attempts to connect followed within 30 s."
        )
        #expect(finding.evidence.first?.events.map(\.kind) == ["socket_state", "socket_state"])
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

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = redialled(ended(7, of: 11))
        script.loss(from: 0, to: 50, kind: .socket_state, count: 1)
        #expect(script.decided("mass-invalidation").findings.first?.confidence.level == .unproven)
        var clean = ended(0, of: 11)
        clean.loss(from: 0, to: 50, kind: .socket_state, count: 1)
        #expect(clean.decided("mass-invalidation").reason?.hasPrefix("Closes may be missing") == true)
    }

    @Test func itNeedsStatesAndTime() {
        var script = redialled(ended(7, of: 11))
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        #expect(script.decided("mass-invalidation").reason == "TCP states were not traced.")
        #expect(TraceScript().decided("mass-invalidation", after: 1).reason?.contains("lasts 1 s") == true)
    }
}
