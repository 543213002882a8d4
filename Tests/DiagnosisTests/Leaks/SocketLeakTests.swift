// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SocketLeakTests {
    /// Connections of one origin, one every `interval` ms, each used once. The script ends after 60 s.
    private func opened(_ count: UInt64, every interval: Double, port: UInt16 = 5432) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            let at = 100 + Double(index) * interval
            script.connect(at: at, inode: 900 + index, descriptor: Int32(10 + index), port: port)
            script.query(at: at + 1, inode: 900 + index, goroutine: 5)
        }
        return script
    }

    @Test func growthIsFound() throws {
        var script = opened(11, every: 5000)
        script.censusEnd(at: 59_000, index: 0, started: 100, sockets: 11, limit: 1000)
        let finding = try #require(script.decided("socket-leak").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 11)
        #expect(finding.severity == .critical, "the rest lasts for an hour and a half")
        #expect(finding.number("forgotten") == .count(11))
        #expect(finding.number("in_use") == .count(0))
        #expect(finding.number("descriptors") == .count(16))
        #expect(finding.number("descriptor_limit") == .count(1000))
        #expect(finding.number("until_exhaustion") == .duration(.seconds(4920)))
        #expect(finding.evidence.first?.events.map(\.kind) == [.socketOpen, .socketOpen])
    }

    @Test func fewOrClosedOrUsedOnesAreNot() {
        #expect(opened(7, every: 8000).decided("socket-leak").isClean, "7")
        var closed = opened(11, every: 5000)
        for index in 0..<UInt64(4) { closed.socketClose(at: 55_000, inode: 900 + index) }
        #expect(closed.decided("socket-leak").isClean)
        var used = opened(11, every: 5000)
        for index in 0..<UInt64(4) { used.query(at: 56_000, inode: 900 + index, goroutine: 5) }
        #expect(used.decided("socket-leak").isClean)
    }

    @Test func aPoolThatWasFilledAtOnceIsNot() {
        #expect(opened(40, every: 100).decided("socket-leak").isClean, "all in the first quarter")
    }

    @Test func connectionsOfOnceEachToManyServersAreNot() {
        var script = TraceScript()
        for index in 0..<UInt64(11) {
            let at = 100 + Double(index) * 5000
            script.connect(at: at, inode: 900 + index, descriptor: Int32(10 + index), port: 4000 + UInt16(index))
            script.query(at: at + 1, inode: 900 + index, goroutine: 5)
        }
        #expect(script.decided("socket-leak").isClean, "a crawler keeps each for a while")
    }

    @Test func datagramSocketsAreGroupedByStack() throws {
        var script = TraceScript()
        script.site(1, "main.poll", "poll.go", 7)
        for index in 0..<UInt64(11) {
            let at = 100 + Double(index) * 5000
            script.open(at: at, inode: 900 + index, descriptor: 10, stack: 1, type: 2, protocolNumber: 17)
            script.connectCall(
                at: at + 1, inode: 900 + index, to: .ipv4(address: UInt32(0x0a00_0100 + index), port: 161),
                protocolNumber: 17, result: 0)
        }
        let finding = try #require(script.decided("socket-leak").findings.first)
        #expect(finding.subject.description == "main.poll")
        #expect(finding.advice.hasPrefix("In main.poll, close each client"))
        #expect(finding.stack != nil)
    }

    @Test func pooledConnectionsAreThePoolsAffair() {
        var script = opened(11, every: 5000)
        for index in 0..<UInt64(11) {
            let at = 102 + Double(index) * 5000
            script.acquire(at: at, goroutine: 5, connection: 0xc0 + index, inode: 900 + index, descriptor: 10)
            script.release(at: at + 1, goroutine: 5, connection: 0xc0 + index)
        }
        #expect(script.decided("socket-leak").isClean)
    }

    @Test func acceptedConnectionsMayBeIdleForLonger() throws {
        var script = TraceScript()
        for index in 0..<UInt64(11) {
            script.accept(at: 100 + Double(index) * 20_000, inode: 900 + index, result: Int32(10 + index))
        }
        #expect(script.decided("socket-leak", after: 220).isClean)
        let finding = try #require(script.decided("socket-leak", after: 400).findings.first)
        #expect(finding.subject.description == "10.0.0.9:8080")
        #expect(finding.severity == .warning)
        #expect(finding.advice.hasPrefix("Set an idle timeout"))
    }

    @Test func aShortTraceIsNotEvaluated() {
        #expect(opened(11, every: 100).decided("socket-leak", after: 19).reason?.kind == .tooShort)
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = opened(11, every: 5000)
        script.loss(from: 0, to: 50, kind: .socketClose, count: 1)
        #expect(script.decided("socket-leak").findings.first?.confidence.level == .unproven)
        var few = opened(3, every: 5000)
        few.loss(from: 0, to: 50, kind: .socketOpen, count: 1)
        #expect(few.decided("socket-leak").reason?.kind == .recordsLost)
    }

    @Test(arguments: ["socket_io", "socket_open"]) func itNeedsItsRecords(_ kind: String) {
        var script = opened(11, every: 5000)
        script.plan.kernelProbes[0].records.removeAll { $0 == kind || (kind == "socket_open" && $0 == "socket_accept") }
        #expect(script.decided("socket-leak").reason?.kind == .notTraced)
    }
}
