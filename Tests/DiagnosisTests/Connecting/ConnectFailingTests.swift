// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct ConnectFailingTests {
    private static let refused: Int32 = -111
    private static let inProgress: Int32 = -115

    /// Attempts that fail, 100 ms apart, each on a socket of its own that is then closed.
    private func failing(_ count: UInt64, result: Int32 = refused) -> TraceScript {
        var script = TraceScript()
        for index in 0..<count {
            let at = 100 + Double(index * index) * 100
            script.connectCall(at: at, inode: 900 + index, descriptor: 7, result: result)
            script.socketClose(at: at + 1, inode: 900 + index)
        }
        return script
    }

    @Test func refusedConnectsAreFound() throws {
        let finding = try #require(failing(3).decided("connect-failing").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.count == 3)
        #expect(finding.severity == .warning)
        #expect(finding.confidence.level == .certain)
        #expect(finding.number("failed") == .count(3))
        #expect(finding.number("attempts") == .count(3))
        #expect(finding.number("succeeded") == .count(0))
        #expect(finding.number("longest") == .duration(.microseconds(100)))
        #expect(finding.evidence.first?.events.map(\.ordinal) == [0, 4], "the first and the last failure")
    }

    @Test func twoAreNot() { #expect(failing(2).decided("connect-failing").isClean) }

    @Test func successesAreNot() { #expect(failing(7, result: 0).decided("connect-failing").isClean) }

    @Test func whatHasRecoveredIsANote() throws {
        var script = failing(3)
        script.connectCall(at: 5000, inode: 950, result: 0)
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.severity == .note)
        #expect(finding.number("failed") == .count(3))
        #expect(finding.number("succeeded") == .count(1))
    }

    @Test func nonBlockingConnectsEndByTheState() throws {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 100 + Double(index * index) * 100
            // The end is told before connect(2) returns, or after.
            let isEarly = index % 2 == 0
            script.open(at: at - 2, inode: 900 + index, descriptor: 7)
            script.connectCall(at: at, inode: 900 + index, result: Self.inProgress, took: 1)
            script.state(at: at + (isEarly ? -0.5 : 30), inode: 900 + index, from: 2, to: 7, error: 111)
            script.socketClose(at: at + 31, inode: 900 + index)
        }
        // connect(2) again asks how it went, and is no attempt.
        script.connectCall(at: 10_000, inode: 930, result: Self.inProgress)
        script.connectCall(at: 10_001, inode: 930, result: -114)
        script.state(at: 10_002, inode: 930, from: 2, to: 1)
        script.connectCall(at: 10_003, inode: 930, result: -106)
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.number("refused") == .count(5))
        #expect(finding.number("attempts") == .count(6))
        #expect(finding.number("succeeded") == .count(1))
    }

    @Test(arguments: [Int32(-4), -512]) func aSignalIsNoFailure(_ interrupted: Int32) throws {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 100 + Double(index * index) * 100
            script.open(at: at - 12, inode: 900 + index, descriptor: 7)
            script.connectCall(at: at, inode: 900 + index, result: interrupted, took: 10)
            script.connectCall(at: at + 10, inode: 900 + index, result: interrupted, took: 10)
            script.state(at: at + 19, inode: 900 + index, from: 2, to: 1)
            script.connectCall(at: at + 20, inode: 900 + index, result: 0, took: 10)
        }
        #expect(script.decided("connect-failing").isClean)
        #expect(script.analysis().connects.map(\.successes) == [5], "each once")
    }

    @Test func aBlockingFailureIsCountedOnce() {
        var script = TraceScript()
        for index in 0..<UInt64(2) {
            let at = 1000 + Double(index) * 300
            script.open(at: at - 2, inode: 900 + index, descriptor: 7)
            script.state(at: at - 0.5, inode: 900 + index, from: 2, to: 7, error: 111)
            script.connectCall(at: at, inode: 900 + index, result: Self.refused, took: 1)
        }
        #expect(script.decided("connect-failing").isClean, "two, not four")
    }

    @Test func givenUpWithoutAnAnswerIsAFailure() throws {
        var script = TraceScript()
        for index in 0..<UInt64(3) {
            let at = 1000 + Double(index) * 5000
            script.connectCall(at: at, inode: 900 + index, result: Self.inProgress)
            script.retransmit(at: at + 200, inode: 900 + index, state: 2)
            script.socketClose(at: at + 900, inode: 900 + index)
        }
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.number("given_up") == .count(3))
        #expect(finding.advice.contains("firewall"))
    }

    @Test func theLoserOfARaceIsNone() {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 1000 + Double(index) * 5000
            script.connectCall(at: at, inode: 900 + index, result: Self.inProgress)
            script.socketClose(at: at + 300, inode: 900 + index)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func theOtherIPVersionThatAnswersIsNoFailure() {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            let at = 1000 + Double(index) * 5000
            script.connectCall(
                at: at, inode: 900 + index, to: .ipv6(high: 0, low: 1, port: 5432), result: Self.refused)
            script.connectCall(at: at + 1, inode: 950 + index, result: 0)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func datagramSocketsAreNotAsked() {
        var script = TraceScript()
        for index in 0..<UInt64(5) {
            script.connectCall(
                at: 1000 + Double(index), inode: 900 + index, protocolNumber: 17, result: -101)
        }
        #expect(script.decided("connect-failing").isClean)
    }

    @Test func aWalkThroughPortsIsOneFinding() throws {
        var script = TraceScript()
        for index in 0..<UInt64(11) {
            script.connectCall(
                at: 1000 + Double(index * index), inode: 900 + index,
                to: .ipv4(address: 0x0a00_0007, port: 4000 + UInt16(index)), result: Self.refused)
        }
        let findings = script.decided("connect-failing").findings
        #expect(findings.map(\.subject.description) == ["10.0.0.7, ports 4000 to 4010"])
        #expect(findings.first?.count == 11)
    }

    /// Services of one host, each tried so often.
    private func downHost(ports: UInt16, tries: UInt64, result: Int32 = refused) -> TraceScript {
        var script = TraceScript()
        for port in 0..<ports {
            for attempt in 0..<tries {
                script.connectCall(
                    at: 1000 + Double(attempt * attempt) * 700 + Double(port),
                    inode: 900 + UInt64(port) * 50 + attempt, to: .ipv4(address: 0x0a00_0007, port: 7000 + port),
                    result: result)
            }
        }
        return script
    }

    @Test func servicesOfADeadHostAreNoWalk() throws {
        let down = downHost(ports: 3, tries: 5, result: -110).decided("connect-failing").findings
        #expect(down.map(\.subject.description) == ["10.0.0.7, ports 7000, 7001, 7002"])
        #expect(down.first?.count == 15)
        #expect(down.first?.advice.hasPrefix("Check that the host of 10.0.0.7") == true)
        let nodes = try #require(downHost(ports: 9, tries: 4).decided("connect-failing").findings.first)
        #expect(nodes.subject.description == "10.0.0.7, ports 7000 to 7008")
        #expect(nodes.advice.hasPrefix("Start the server on 10.0.0.7"), "the same again and again")
        let once = try #require(downHost(ports: 4, tries: 1).decided("connect-failing").findings.first)
        #expect(once.advice.hasPrefix("Start the server"), "too few for a walk")
        let walk = try #require(downHost(ports: 9, tries: 1).decided("connect-failing").findings.first)
        #expect(walk.advice.contains("one port after another"))
    }

    @Test func unixSocketsAreNamedByTheirPath() throws {
        var script = TraceScript()
        for index in 0..<UInt64(3) {
            script.unixPath(at: 999 + Double(index), inode: 900 + index, Array("/run/db.sock".utf8))
            script.connectCall(
                at: 1000 + Double(index * index), inode: 900 + index,
                to: .unix(path: "/run/db.sock", isAbstract: false),
                protocolNumber: 0, result: -2)
        }
        let finding = try #require(script.decided("connect-failing").findings.first)
        #expect(finding.subject.description == "unix:/run/db.sock")
        #expect(finding.number("errno_2") == finding.number("failed"))
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = failing(3)
        script.loss(from: 0, to: 50, kind: .socketConnect, count: 1)
        #expect(script.decided("connect-failing").findings.first?.confidence.level == .unproven)
        var clean = failing(1)
        clean.loss(from: 0, to: 50, kind: .socketState, count: 1)
        #expect(clean.decided("connect-failing").reason?.kind == .recordsLost)
    }

    @Test func itNeedsConnects() {
        var script = failing(3)
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_connect" }
        #expect(script.decided("connect-failing").reason?.kind == .notTraced)
    }

    @Test func withoutStatesAPendingConnectIsNotCalledAFailure() {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_state" }
        for index in 0..<UInt64(3) {
            script.connectCall(at: 1000, inode: 900 + index, result: Self.inProgress)
            script.socketClose(at: 9000, inode: 900 + index)
        }
        let decision = script.decided("connect-failing")
        #expect(decision.isClean)
        #expect(decision.caveats.map(\.kind).contains(.unknown))
    }
}
