// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Two traces of one program, cause by cause.
public struct TraceComparison: Sendable {
    /// Chance makes counts differ: fewer than these, against what the first trace's rate would give, say nothing.
    private static let leastDifference = 3.0
    /// Differences of durations below this are not felt.
    private static let leastDuration = Duration.milliseconds(5)

    public let before: Report
    public let after: Report
    /// By how much a number must differ to be another one.
    public let factor: Double
    /// What must not pass unseen first, the worst of it first.
    public let changes: [CauseChange]

    /// - Parameter factor: At least 1.
    public init(_ before: Report, _ after: Report, factor: Double) {
        self.before = before
        self.after = after
        self.factor = max(1, factor)
        let old = Self.byCause(before)
        let new = Self.byCause(after)
        var changes: [CauseChange] = []
        for cause in Set(old.keys).union(new.keys) {
            changes.append(
                Self.change(of: cause, old[cause], new[cause], before, after, factor: max(1, factor)))
        }
        self.changes = changes.sorted { Self.order($0) < Self.order($1) }
    }

    public func count(_ status: CauseChange.Status) -> Int { changes.count { $0.status == status } }

    /// Something of at least `severity` is new or worse.
    public func hasSetback(of severity: Severity) -> Bool {
        changes.contains { $0.isSetback && $0.severity >= severity }
    }

    private static func byCause(_ report: Report) -> [FindingCause: CauseSummary] {
        Dictionary(grouping: report.findings) { FindingCause(of: $0, in: report.analysis) }
            .compactMapValues { CauseSummary($0, over: report.analysis.duration) }
    }

    private static func order(_ change: CauseChange) -> (Int, Int, String, String) {
        let status = CauseChange.Status.allCases.firstIndex(of: change.status) ?? 0
        let severity = Severity.allCases.firstIndex(of: change.severity) ?? 0
        return (
            status, -severity, change.cause.rule, change.cause.subject + " " + (change.cause.function ?? "")
        )
    }

    private static func change(
        of cause: FindingCause, _ old: CauseSummary?, _ new: CauseSummary?, _ before: Report, _ after: Report,
        factor: Double
    ) -> CauseChange {
        var change = CauseChange(status: .same, cause: cause, before: old, after: new)
        switch (old, new) {
        case (nil, _):
            change.status = .new
            if let reason = before.undecidedReason(cause.rule) { change.reasons = ["A could not tell: \(reason)"] }
        case (let old?, nil):
            if let reason = after.undecidedReason(cause.rule) {
                change.status = .undecided
                change.reasons = [reason]
            } else {
                change.status = .gone
                let expected = Self.expected(old, before, after)
                if expected < leastDifference {
                    change.reasons = [
                        "\(ReadableText.number(expected)) would be expected in B, so that none may be chance"
                    ]
                }
            }
        case (let old?, let new?):
            let expected = Self.expected(old, before, after)
            let worse = Self.differences(from: old, to: new, expected: expected, factor: factor)
            let better = Self.differences(from: new, to: old, expected: nil, factor: factor)
            let isRarer = expected - Double(new.count) >= leastDifference
            change.reasons = worse.map(\.up)
            change.status = worse.isEmpty ? .same : .worse
            let down = better.filter { $0 != .count || isRarer }
            if worse.isEmpty, !down.isEmpty {
                change.status = .better
                change.reasons = down.map(\.down)
            }
        }
        return change
    }

    /// How often the first trace's rate would give the cause in the second.
    private static func expected(_ old: CauseSummary, _ before: Report, _ after: Report) -> Double {
        let length = max(1, Double(before.analysis.duration.wholeNanoseconds))
        return Double(old.count) * Double(after.analysis.duration.wholeNanoseconds) / length
    }

    /// What is more in `high` than in `low`. Count and rate must both be: not every count grows with the trace.
    private static func differences(
        from low: CauseSummary, to high: CauseSummary, expected: Double?, factor: Double
    ) -> [CauseDifference] {
        var differences: [CauseDifference] = []
        if high.severity > low.severity { differences.append(.severity) }
        let isMore = Double(high.count) > Double(low.count) * factor && high.perMinute > low.perMinute * factor
        if isMore, expected.map({ Double(high.count) - $0 >= leastDifference }) ?? true { differences.append(.count) }
        if isLonger(low.waitP99, high.waitP99, factor) { differences.append(.wait) }
        if isLonger(low.holdP99, high.holdP99, factor) { differences.append(.hold) }
        return differences
    }

    private static func isLonger(_ low: Duration?, _ high: Duration?, _ factor: Double) -> Bool {
        guard let low, let high else { return false }
        let (old, new) = (Double(low.wholeNanoseconds), Double(high.wholeNanoseconds))
        return new > old * factor && high - low >= leastDuration
    }
}

extension Report {
    /// Why the rule has no verdict; `nil`: it has one.
    fileprivate func undecidedReason(_ rule: String) -> String? {
        for decision in decisions where decision.rule == rule {
            switch decision.verdict {
            case .notEvaluated(let reason): return reason.text
            case .disabled: return "The rule is switched off."
            case .clean, .findings: return nil
            }
        }
        return "There is no such rule."
    }
}
