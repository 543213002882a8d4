// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct UDPDropTests {
    private func dropped(_ count: Int, every gap: Double = 1) -> TraceScript {
        var script = TraceScript()
        script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
        for index in 0..<count {
            script.datagramDrop(at: 1000 + Double(index) * gap, inode: 900, total: UInt32(index + 1))
        }
        return script
    }

    @Test func dropsAreFoundWithTheBufferThatWouldDo() throws {
        let finding = try #require(dropped(101).decided("udp-drop").findings.first)
        #expect(finding.subject.description == "10.0.0.9:5353")
        #expect(finding.count == 101)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("drops") == .count(101))
        #expect(finding.number("longest_burst") == .count(101))
        #expect(finding.number("buffer") == .bytes(4608))
        // (4608 + 101 x 2304) / 2 = 118,656
        #expect(finding.number("advised_rcvbuf") == .bytes(128 << 10))
    }

    @Test func burstsAreToldApart() throws {
        let finding = try #require(dropped(7, every: 200).decided("udp-drop").findings.first)
        #expect(finding.number("longest_burst") == .count(1))
    }

    @Test func theHostsMemoryHasItsOwnAdvice() throws {
        var script = TraceScript()
        script.datagramDrop(at: 1000, inode: 900, result: -105)
        let finding = try #require(script.decided("udp-drop").findings.first)
        #expect(finding.advice.contains("udp_mem"))
    }

    @Test func theCensusKnowsWhatWasNotTraced() throws {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "datagram_drop" }
        for (index, drops) in [UInt32(40), 40, 53].enumerated() {
            script.census(at: 1000 + Double(index) * 1000, index: UInt32(index), inode: 900, descriptor: 7) {
                $0.protocol = 17
                $0.drops = drops
                $0.receive_buffer_bytes = 4608
            }
            script.censusEnd(at: 1001 + Double(index) * 1000, index: UInt32(index), started: 999, sockets: 1)
        }
        let finding = try #require(script.decided("udp-drop").findings.first)
        #expect(finding.count == 13, "40 are from before the trace")
        #expect(finding.evidence.first?.events.map(\.ordinal) == [4, 4])
    }

    @Test func dropsOfTCPOrFromBeforeAreNot() {
        var script = TraceScript()
        script.census(at: 1000, index: 0, inode: 900, descriptor: 7) { $0.drops = 40 }
        script.census(at: 1000, index: 0, inode: 901, descriptor: 8) {
            $0.drops = 40
            $0.protocol = 17
        }
        script.censusEnd(at: 1001, index: 0, started: 999, sockets: 2)
        #expect(script.decided("udp-drop").isClean)
    }

    @Test func itNeedsDropsOrACensus() {
        var script = dropped(7)
        script.plan.kernelProbes[0].records.removeAll { $0 == "datagram_drop" }
        #expect(TraceScript().decided("udp-drop").isClean)
        #expect(script.decided("udp-drop").reason != nil)
    }

    @Test func lossesLeaveItUndecided() {
        var script = TraceScript()
        script.loss(from: 0, to: 50, kind: .datagramDrop, count: 5)
        #expect(script.decided("udp-drop").reason?.kind == .recordsLost)
    }
}
