// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct RetransmitsTests {
    /// A connection that two censuses counted: so many data segments and retransmits between them.
    private func counted(_ resent: UInt32, of segments: UInt32, isBorn: Bool = false) -> TraceScript {
        var script = TraceScript()
        if isBorn { script.connect(at: 1, inode: 900, descriptor: 7) }
        for index in 0..<UInt32(2) {
            let at = 1000 + Double(index) * 1000
            script.census(at: at, index: index, inode: 900, descriptor: 7) {
                // Before the first census: one in two was lost.
                $0.data_segments_sent = 100 + index * segments
                $0.retransmits = 50 + index * resent
            }
            script.censusEnd(at: at + 1, index: index, started: at - 1, sockets: 1)
        }
        script.retransmit(at: 1500, inode: 900)
        script.retransmit(at: 1600, inode: 900)
        return script
    }

    @Test func aShareAboveOnePercentIsFound() throws {
        let finding = try #require(counted(21, of: 1000).decided("retransmits").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 21)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("resent") == .count(21))
        #expect(finding.number("segments") == .count(1000))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketRetransmit, .socketRetransmit])
    }

    @Test func aSmallerShareOrFewAreNot() {
        #expect(counted(21, of: 2100).decided("retransmits").isClean, "1 %")
        #expect(counted(19, of: 100).decided("retransmits").isClean, "19")
    }

    @Test func ofASocketOfTheTraceAllCounts() throws {
        let finding = try #require(counted(0, of: 0, isBorn: true).decided("retransmits").findings.first)
        #expect(finding.number("resent") == .count(50))
        #expect(finding.number("segments") == .count(100))
        #expect(counted(0, of: 1000).decided("retransmits").isClean, "those from before the trace do not")
    }

    @Test func aVanishedPeerIsNotALossyPath() {
        var script = counted(21, of: 1000)
        for number in UInt8(1)...4 { script.retransmit(at: 3000 + Double(number) * 500, inode: 900, timeouts: number) }
        let decision = script.decided("retransmits")
        #expect(decision.findings.isEmpty)
        #expect(script.decided("half-open").findings.count == 1)
    }

    @Test func itNeedsACensusThatCounts() {
        #expect(TraceScript().decided("retransmits").reason?.kind == .notTraced)
        #expect(counted(0, of: 0).decided("retransmits").reason?.kind == .nothingThere)
    }

    @Test func lossesLeaveItUndecided() {
        var script = counted(1, of: 1000)
        script.loss(from: 0, to: 50, kind: .censusSocket, count: 1)
        #expect(script.decided("retransmits").reason?.kind == .recordsLost)
    }
}
