// SPDX-License-Identifier: Apache-2.0

/// A failure of connections or pools that a trace can show. One folder each; `RuleRegistry.all` lists them.
public protocol Rule: Sendable {
    /// Lower case with hyphens, such as `lease-leak`: the name of its page in docs/rules/.
    var id: String { get }
    /// What it was called in earlier versions: configurations and command lines may still name it so. `nil`: nothing else.
    var formerID: String? { get }
    /// What goes wrong, in a few words: shown where rules are listed.
    var summary: String { get }
    /// Where it draws its lines, in the order in which they are listed.
    var thresholds: [any ThresholdSetting] { get }
    /// What it reads of which only so much is kept: where something is missing, the rule is not clean.
    var cutOffs: [CutOff.Kind] { get }
    /// The same of what its evidence shows: the verdict is the same without it.
    var illustrationCutOffs: [CutOff.Kind] { get }
    /// Decides the rule from the analysis alone: the same trace and thresholds give the same decision.
    func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision
}

extension Rule {
    public var formerID: String? { nil }
    public var thresholds: [any ThresholdSetting] { [] }
    public var cutOffs: [CutOff.Kind] { [] }
    public var illustrationCutOffs: [CutOff.Kind] { [] }
}
