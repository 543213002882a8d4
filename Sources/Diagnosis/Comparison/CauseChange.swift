// SPDX-License-Identifier: Apache-2.0

/// What became of one cause from the first trace to the second.
public struct CauseChange: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case new
        case worse
        case better
        case gone
        case same
        /// The second trace cannot tell.
        case undecided
    }

    public var status: Status
    public var cause: FindingCause
    /// `nil`: not in the first trace.
    public var before: CauseSummary?
    /// `nil`: not in the second trace.
    public var after: CauseSummary?
    /// What changed, or what leaves doubt: clauses.
    public var reasons: [String]

    public init(
        status: Status, cause: FindingCause, before: CauseSummary?, after: CauseSummary?, reasons: [String] = []
    ) {
        self.status = status
        self.cause = cause
        self.before = before
        self.after = after
        self.reasons = reasons
    }

    /// The severity to judge it by: that of the second trace, where it is in it.
    public var severity: Severity { after?.severity ?? before?.severity ?? .note }

    /// New or worse: what must not pass unseen.
    public var isSetback: Bool { status == .new || status == .worse }
}
