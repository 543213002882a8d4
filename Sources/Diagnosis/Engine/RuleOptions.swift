// SPDX-License-Identifier: Apache-2.0

/// What a user asks of the rules.
public struct RuleOptions: Sendable, Equatable {
    public var thresholds: Thresholds
    /// Identifiers of rules that are not to be decided.
    public var disabled: Set<String>
    public var suppressions: [Suppression]

    public init(
        thresholds: Thresholds = Thresholds(), disabled: Set<String> = [], suppressions: [Suppression] = []
    ) {
        self.thresholds = thresholds
        self.disabled = disabled
        self.suppressions = suppressions
    }
}
