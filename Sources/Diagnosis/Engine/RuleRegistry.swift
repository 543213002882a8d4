// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every rule. Help, documentation checks and reports derive from it.
public enum RuleRegistry {
    public static let all: [any Rule] = {
        let rules = Detectors.rules
        precondition(Set(rules.map(\.id)).count == rules.count, "two rules have one identifier")
        return rules
    }()

    /// Every threshold, in the order of the rules.
    public static let thresholds: [any ThresholdSetting] = all.flatMap(\.thresholds)

    /// What the advice of a report may be about: docs/advice.md. It is chosen as rules are.
    public static let advice = ["pool-size", "timeout-setting", "keepalive-setting"]

    /// All that can be named where rules are chosen.
    public static let names = all.map(\.id) + advice

    /// A rule's or a threshold's name of today, for one that may be of an earlier version.
    public static func currentName(_ name: String) -> String {
        for rule in all {
            guard let former = rule.formerID, name == former || name.hasPrefix(former + ".") else { continue }
            return rule.id + name.dropFirst(former.count)
        }
        return name
    }

    /// Decides all rules.
    public static func report(on analysis: TraceAnalysis, thresholds: Thresholds = Thresholds()) -> Report {
        report(on: analysis, options: RuleOptions(thresholds: thresholds))
    }

    /// Decides the rules that are asked for, and sets aside the findings that are known.
    public static func report(on analysis: TraceAnalysis, options: RuleOptions) -> Report {
        var met: Set<Int> = []
        let decisions = all.map { rule -> RuleDecision in
            if options.disabled.contains(rule.id) { return RuleDecision(rule: rule.id, verdict: .disabled) }
            var decision = rule.decide(analysis, options.thresholds)
            decision.limit(rule, by: analysis.cutOffs)
            suppress(&decision, options.suppressions, analysis, met: &met)
            return decision
        }
        let idle = options.suppressions.enumerated().filter { index, suppression in
            !met.contains(index) && !options.disabled.contains(suppression.rule)
        }
        var report = Report(
            analysis: analysis, decisions: decisions, thresholds: options.thresholds,
            idleSuppressions: idle.map(\.element))
        report.advice = advice(on: analysis, options)
        return report
    }

    private static func advice(on analysis: TraceAnalysis, _ options: RuleOptions) -> [Advice] {
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end", "release"])
        let all =
            coverage.pools.compactMap { PoolSizeAdvice.of($0, in: analysis) }
            + analysis.roundTrips.compactMap { TimeoutAdvice.of($0, in: analysis) }
            + analysis.idleSurvivals.compactMap { KeepaliveAdvice.of($0, in: analysis, options.thresholds) }
        return all.filter { !options.disabled.contains($0.id) }
    }

    private static func suppress(
        _ decision: inout RuleDecision, _ suppressions: [Suppression], _ analysis: TraceAnalysis,
        met: inout Set<Int>
    ) {
        guard case .findings(let findings) = decision.verdict else { return }
        var kept: [Finding] = []
        for finding in findings {
            let cause = FindingCause(of: finding, in: analysis)
            let covering = suppressions.indices.filter { suppressions[$0].covers(finding, cause: cause) }
            met.formUnion(covering)
            if let first = covering.first {
                decision.suppressed.append(SuppressedFinding(finding, because: suppressions[first].reason))
            } else {
                kept.append(finding)
            }
        }
        decision.verdict = .findings(kept)
    }
}
