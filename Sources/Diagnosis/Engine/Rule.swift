// SPDX-License-Identifier: Apache-2.0

/// A failure of connections or pools that a trace can show. One file each; `RuleRegistry.all` lists them.
public protocol Rule: Sendable {
    /// Lower case with hyphens, such as `lease-leak`: the name of its page in docs/rules/.
    var id: String { get }
    /// What goes wrong, in a few words: shown where rules are listed.
    var summary: String { get }
    /// Decides the rule from the analysis alone: the same trace and thresholds give the same decision.
    func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision
}
