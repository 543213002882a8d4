// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Testing
import TraceModel
import TraceScripts

extension TraceScript {
    /// What a rule decides on the script, which ends after `seconds`.
    func decided(_ rule: String, after seconds: Double = 60, _ thresholds: Thresholds = Thresholds()) -> RuleDecision {
        let report = RuleRegistry.report(on: analysis(after: seconds, thresholds), thresholds: thresholds)
        guard let decision = report.decisions.first(where: { $0.rule == rule }) else {
            Issue.record("there is no rule \(rule)")
            return RuleDecision(rule: rule, verdict: .notEvaluated(reason: .unknown("there is no such rule")))
        }
        return decision
    }

    /// What the script shows, which ends after `seconds`.
    func analysis(after seconds: Double = 60, _ thresholds: Thresholds = Thresholds()) -> TraceAnalysis {
        var script = self
        script.end = end ?? TraceEnd(reason: "test", endedAt: Self.instant(seconds * 1000))
        return script.analyzed(thresholds)
    }

    /// Leases that end, one after the other: by default 20 of 40 ms each, before the 2000th millisecond.
    mutating func usualLeases(_ count: UInt64 = 20, held: Double = 40) {
        for index in 0..<count {
            let at = 100 + Double(index) * (held + 20)
            acquire(at: at, goroutine: 1000 + index, connection: 0xcf, inode: 950, descriptor: 50, site: 9)
            query(at: at + 1, inode: 950, goroutine: 1000 + index, took: held - 2)
            release(at: at + held, goroutine: 1000 + index, connection: 0xcf)
        }
    }

    /// A lease that is used once and then forgotten.
    mutating func leak(at: Double = 3000, goroutine: UInt64 = 50, connection: UInt64 = 0xc0, site: Int32 = 1) {
        acquire(at: at, goroutine: goroutine, connection: connection, inode: 900, descriptor: 7, site: site)
        query(at: at + 1, inode: 900, goroutine: goroutine)
    }
}

extension RuleDecision {
    var isClean: Bool { if case .clean = verdict { true } else { false } }
}
