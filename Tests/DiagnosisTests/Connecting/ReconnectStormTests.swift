// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct ReconnectStormTests {
    /// Attempts that are refused, at these times in milliseconds.
    private func refused(at times: [Double]) -> TraceScript {
        var script = TraceScript()
        for (index, at) in times.enumerated() {
            script.connectCall(at: at, inode: 900 + UInt64(index), result: -111)
            script.socketClose(at: at + 0.01, inode: 900 + UInt64(index))
        }
        return script
    }

    private func every(_ interval: Double, times: Int) -> [Double] {
        (0..<times).map { 1000 + Double($0) * interval }
    }

    @Test func aFastLoopIsAWarning() throws {
        let finding = try #require(refused(at: every(50, times: 61)).decided("reconnect-storm").findings.first)
        #expect(finding.subject.description == "10.0.0.5:5432")
        #expect(finding.severity == .warning)
        #expect(finding.count == 60)
        #expect(finding.number("retries_per_second_peak") == .count(20))
        #expect(finding.evidence.first?.events.map(\.ordinal) == [0, 120])
    }

    @Test func aRegularPaceIsANote() throws {
        let finding = try #require(refused(at: every(500, times: 7)).decided("reconnect-storm").findings.first)
        #expect(finding.severity == .note)
        #expect(finding.number("interval_mean") == .duration(.milliseconds(500)))
    }

    @Test func fewOrRareOnesAreNot() {
        #expect(refused(at: every(500, times: 5)).decided("reconnect-storm").isClean, "4 retries")
        #expect(refused(at: every(1100, times: 30)).decided("reconnect-storm").isClean, "a health check")
    }

    @Test func backoffIsNot() {
        let times = (0..<10).map { 1000 + 50 * (1 << $0) }.map(Double.init)
        #expect(refused(at: times).decided("reconnect-storm").isClean)
    }

    @Test func theBurstAfterAFailureIsNot() {
        // A pool of 40 connections is dialled anew, at once, and later with growing waits.
        let burst = (0..<40).map { 1000 + Double($0) }
        #expect(refused(at: burst + [1900, 3500, 7100, 16_000]).decided("reconnect-storm").isClean)
    }

    @Test func attemptsThatSucceedAreNoRetries() {
        var script = TraceScript()
        for (index, at) in every(50, times: 61).enumerated() {
            script.connectCall(at: at, inode: 900 + UInt64(index), result: 0)
        }
        #expect(script.decided("reconnect-storm").isClean)
    }

    @Test func lossesLeaveItUnprovenOrUndecided() {
        var script = refused(at: every(50, times: 61))
        script.loss(from: 0, to: 50, kind: .socketConnect, count: 1)
        #expect(script.decided("reconnect-storm").findings.first?.confidence.level == .unproven)
        var short = refused(at: [1000])
        short.loss(from: 0, to: 50, kind: nil, count: 3)
        #expect(short.decided("reconnect-storm").reason?.kind == .recordsLost)
    }

    @Test func itNeedsConnects() {
        var script = refused(at: every(50, times: 61))
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_connect" }
        #expect(script.decided("reconnect-storm").reason?.kind == .notTraced)
    }
}
