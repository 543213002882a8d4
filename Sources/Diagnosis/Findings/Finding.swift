// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Something that is wrong, with what shows it and what to do about it.
public struct Finding: Sendable {
    /// The rule's identifier, such as `lease-leak`.
    public var rule: String
    public var severity: Severity
    public var confidence: Confidence
    /// What happened, in one sentence that starts in upper case and has no full stop.
    public var headline: String
    public var subject: Subject
    public var firstSeen: MonotonicInstant
    public var lastSeen: MonotonicInstant
    /// How often: leaked leases, waits, sockets.
    public var count: UInt64
    public var evidence: [Evidence]
    /// The stack that acquired the lease, where there is one.
    public var stack: CallStack?
    /// The leases that it is about, where it is about leases.
    public var leases: [LeaseSummary]
    /// Who waited for the pool meanwhile, the longest wait first.
    public var waiters: [WaiterGroup]
    /// What to do, in one sentence that a DBA or SRE can act on.
    public var advice: String

    public init(
        rule: String, severity: Severity, confidence: Confidence, headline: String, subject: Subject,
        firstSeen: MonotonicInstant, lastSeen: MonotonicInstant, count: UInt64, evidence: [Evidence] = [],
        stack: CallStack? = nil, leases: [LeaseSummary] = [], waiters: [WaiterGroup] = [], advice: String
    ) {
        self.rule = rule
        self.severity = severity
        self.confidence = confidence
        self.headline = headline
        self.subject = subject
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.count = count
        self.evidence = evidence
        self.stack = stack
        self.leases = leases
        self.waiters = waiters
        self.advice = advice
    }
}
