// SPDX-License-Identifier: Apache-2.0

/// A finding that is known and accepted: it is shown as suppressed, and does not count.
public struct Suppression: Sendable, Equatable {
    /// The rule's identifier, such as `lease-leak`.
    public var rule: String
    /// The pool or endpoint, as the report prints it or as `FindingCause` names it; `nil`: any.
    public var subject: String?
    /// The application's innermost function of the finding's stack; `nil`: any.
    public var function: String?
    /// Why it is accepted.
    public var reason: String

    public init(rule: String, subject: String? = nil, function: String? = nil, reason: String) {
        self.rule = rule
        self.subject = subject
        self.function = function
        self.reason = reason
    }

    /// Whether it is about a finding whose cause is `cause`.
    public func covers(_ finding: Finding, cause: FindingCause) -> Bool {
        if finding.rule != rule { return false }
        if let subject, subject != finding.subject.description, subject != cause.subject { return false }
        if let function, function != cause.function { return false }
        return true
    }
}
