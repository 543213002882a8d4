// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

@Suite(.timeLimit(.minutes(15))) struct SuppressionTests {
    /// Two leaks: one of `main.report`, one of `main.transfer`.
    private func report(_ suppressions: [Suppression], disabled: Set<String> = []) -> Report {
        var script = TraceScript()
        script.site(1, "main.report", "report.go", 42)
        script.site(2, "main.transfer", "transfer.go", 7)
        script.connect(at: 1, inode: 900, descriptor: 7)
        script.connect(at: 1, inode: 901, descriptor: 8)
        script.usualLeases()
        script.leak()
        script.acquire(at: 3000, goroutine: 51, connection: 0xc1, inode: 901, descriptor: 8, site: 2)
        return RuleRegistry.report(
            on: script.analysis(), options: RuleOptions(disabled: disabled, suppressions: suppressions))
    }

    private func known(subject: String? = nil, function: String? = nil, rule: String = "lease-leak") -> Suppression {
        Suppression(rule: rule, subject: subject, function: function, reason: "known")
    }

    @Test func findingOfTheFunctionIsSetAside() throws {
        let report = report([known(function: "main.report")])
        let decision = try #require(report.decisions.first { $0.rule == "lease-leak" })
        #expect(decision.findings.compactMap { $0.stack?.site?.function } == ["main.transfer"])
        #expect(decision.suppressed.map(\.reason) == ["known"])
        #expect(report.suppressed.count == 1)
        #expect(report.idleSuppressions.isEmpty)
    }

    @Test(arguments: ["database/sql #1", "database/sql at 10.0.0.5:5432"])
    func subjectIsAsPrintedOrAsInEveryTrace(_ subject: String) {
        let report = report([known(subject: subject)])
        #expect(report.suppressed.count == 2)
        #expect(report.findings.isEmpty)
        #expect(report.worstSeverity == nil, "what is suppressed does not count")
    }

    @Test func bothMustMatchAndTheRuleToo() {
        #expect(report([known(subject: "database/sql #2", function: "main.report")]).suppressed.isEmpty)
        #expect(report([known(function: "main.repor")]).suppressed.isEmpty)
        #expect(report([known(function: "main.report", rule: "pool-wait")]).suppressed.isEmpty)
    }

    @Test func suppressionThatNothingMeetsIsSaid() {
        let gone = known(function: "main.gone")
        #expect(report([gone]).idleSuppressions == [gone])
        #expect(report([gone], disabled: ["lease-leak"]).idleSuppressions.isEmpty, "the rule was not decided")
    }

    @Test func disabledRuleIsNeitherCleanNorUndecided() throws {
        let report = report([], disabled: ["lease-leak"])
        #expect(report.disabled == ["lease-leak"])
        #expect(report.findings.isEmpty)
        #expect(!report.notEvaluated.contains { $0.rule == "lease-leak" })
    }

    @Test func causeIsTheSameInEveryTrace() {
        var pool = PoolSummary(id: PoolID(adapterID: 0, address: 1), name: "database/sql #2")
        pool.endpoints = [
            .ipv4(address: 0x7f00_0001, port: 40123), .ipv4(address: 0x0a00_0005, port: 5432),
            .ipv4(address: 0x7f00_0001, port: 32768),
        ]
        #expect(FindingCause.name(of: pool) == "database/sql at 10.0.0.5:5432, 127.0.0.1:*")
        pool.endpoints = []
        #expect(FindingCause.name(of: pool) == "database/sql")
    }
}
