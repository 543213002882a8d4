// SPDX-License-Identifier: Apache-2.0

/// What a rule says about a trace. There is no silent "ok".
public enum RuleVerdict: Sendable {
    /// Empty when all of them are suppressed.
    case findings([Finding])
    /// The rule was decided and found nothing.
    case clean
    /// The trace cannot tell.
    case notEvaluated(reason: Reason)
    /// The user asked not to decide the rule.
    case disabled
}
