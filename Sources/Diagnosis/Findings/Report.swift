// SPDX-License-Identifier: Apache-2.0

/// Everything that is said about a trace: what a renderer prints, and nothing else.
public struct Report: Sendable {
    public var analysis: TraceAnalysis
    /// One for each rule, in the registry's order.
    public var decisions: [RuleDecision]
    public var thresholds: Thresholds
    /// Suppressions of rules that were decided, which no finding met: they may be out of date.
    public var idleSuppressions: [Suppression]
    /// By pool, then by endpoint.
    public var advice: [Advice] = []

    public init(
        analysis: TraceAnalysis, decisions: [RuleDecision], thresholds: Thresholds,
        idleSuppressions: [Suppression] = []
    ) {
        self.analysis = analysis
        self.decisions = decisions
        self.thresholds = thresholds
        self.idleSuppressions = idleSuppressions
    }

    /// The worst first, of those the surest; equals in the registry's order.
    public var findings: [Finding] {
        let all = decisions.flatMap(\.findings).enumerated()
        return all.sorted { left, right in
            (right.element.severity, right.element.confidence.level, left.offset)
                < (left.element.severity, left.element.confidence.level, right.offset)
        }.map(\.element)
    }

    /// `nil`: no finding.
    public var worstSeverity: Severity? { findings.first?.severity }

    /// In the registry's order.
    public var suppressed: [SuppressedFinding] { decisions.flatMap(\.suppressed) }

    /// Rules that the user asked not to decide.
    public var disabled: [String] {
        decisions.filter { if case .disabled = $0.verdict { true } else { false } }.map(\.rule)
    }

    /// Rules that could not be decided, with the reason.
    public var notEvaluated: [(rule: String, reason: Reason)] {
        decisions.compactMap { decision in
            if case .notEvaluated(let reason) = decision.verdict { (decision.rule, reason) } else { nil }
        }
    }
}
