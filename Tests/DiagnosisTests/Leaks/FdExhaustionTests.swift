// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct FdExhaustionTests {
    /// A census with this many descriptors: the sockets and five others.
    private func census(sockets: UInt32, limit: UInt32 = 100) -> TraceScript {
        var script = TraceScript()
        script.censusEnd(at: 1000, index: 0, started: 990, sockets: 3, limit: limit)
        script.censusEnd(at: 2000, index: 1, started: 1990, sockets: sockets, limit: limit)
        script.censusEnd(at: 3000, index: 2, started: 2990, sockets: 5, limit: limit)
        return script
    }

    @Test func aHighShareIsAWarning() throws {
        let finding = try #require(census(sockets: 75).decided("fd-exhaustion").findings.first)
        #expect(finding.severity == .warning)
        #expect(finding.number("descriptors") == .count(80))
        #expect(finding.number("descriptor_limit") == .count(100))
        #expect(finding.number("sockets") == .count(75))
        #expect(finding.evidence.first?.events.map(\.ordinal) == [1])
    }

    @Test func aLowerOneIsNot() { #expect(census(sockets: 74).decided("fd-exhaustion").isClean) }

    @Test func failedAcceptsAreCritical() throws {
        var script = census(sockets: 20)
        for index in 0..<7 { script.accept(at: 4000 + Double(index), inode: 0, result: -24, listener: 4) }
        script.accept(at: 5000, inode: 0, result: -11)
        let finding = try #require(script.decided("fd-exhaustion").findings.first)
        #expect(finding.severity == .critical)
        #expect(finding.count == 7)
        #expect(finding.number("failed_accepts") == .count(7))
        #expect(finding.evidence.last?.events.map(\.ordinal) == [3, 9])
    }

    @Test func theHostsLimitHasItsOwnAdvice() throws {
        var script = TraceScript()
        script.accept(at: 4000, inode: 0, result: -23)
        let finding = try #require(script.decided("fd-exhaustion").findings.first)
        #expect(finding.advice.contains("fs.file-max"))
    }

    @Test func withoutCensusAndAcceptsItIsNotEvaluated() {
        var script = TraceScript()
        script.plan.kernelProbes[0].records.removeAll { $0 == "socket_accept" }
        #expect(script.decided("fd-exhaustion").reason != nil)
        #expect(TraceScript().decided("fd-exhaustion").caveats.count == 1, "no census: only accepts are known")
    }

    @Test func lossesLeaveItUndecided() {
        var script = census(sockets: 20)
        script.loss(from: 0, to: 50, kind: .socketAccept, count: 2)
        #expect(script.decided("fd-exhaustion").reason?.kind == .recordsLost)
    }
}
