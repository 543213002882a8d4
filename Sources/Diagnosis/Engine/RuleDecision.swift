// SPDX-License-Identifier: Apache-2.0

/// A rule's verdict, and what the verdict does not cover.
public struct RuleDecision: Sendable {
    /// The rule's identifier, such as `lease-leak`.
    public var rule: String
    public var verdict: RuleVerdict
    /// Parts that were not evaluated although the rest was, each with its reason: a pool, a lease, a time window.
    public var caveats: [Reason]
    /// Findings that the user knows of and accepts: they are not among `findings`.
    public var suppressed: [SuppressedFinding] = []

    public init(rule: String, verdict: RuleVerdict, caveats: [Reason] = []) {
        self.rule = rule
        self.verdict = verdict
        self.caveats = caveats
    }

    /// Empty when the rule is clean or was not evaluated.
    public var findings: [Finding] {
        if case .findings(let findings) = verdict { findings } else { [] }
    }
}
