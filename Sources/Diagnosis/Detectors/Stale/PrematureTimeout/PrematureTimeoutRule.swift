// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A deadline fires while the answer is there or under way.
public struct PrematureTimeoutRule: Rule {
    public let id = "premature-timeout"
    public let summary = "the program closes connections before the answer arrives"

    /// How long after the close the answer comes.
    static let late = Threshold<Duration>("premature-timeout.late", .milliseconds(50))
    /// How long the request was waited for; a farewell is not.
    static let wait = Threshold<Duration>("premature-timeout.wait", .milliseconds(20))
    /// Such closes at one endpoint.
    static let answers = Threshold<UInt64>("premature-timeout.answers", 3)
    public let thresholds: [any ThresholdSetting] = [late, wait, answers]
    public let cutOffs: [CutOff.Kind] = [.lateAnswers]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        for (kind, name) in [
            (RecordKind.socketIO, "Receives and sends"), (.socketClose, "Closes"), (.socketReset, "Resets"),
        ] where !analysis.isTraced(kind) {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("\(name) were not traced.")))
        }
        let lost = analysis.lost([.socketIO, .socketClose, .socketReset], since: analysis.startedAt)
        let findings = analysis.lateAnswers.filter { $0.count >= max(1, thresholds[Self.answers]) }
            .map { finding($0, lost: lost, analysis) }
        if findings.isEmpty, lost > 0 {
            let reason =
                "Late answers may be missing: poolscope lost \(ReadableText.count(lost, "record")) of I/O, of closes, of resets "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings))
    }

    private func finding(_ answers: LateAnswers, lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let shortest = ReadableText.duration(answers.shortestWait)
        let longest = ReadableText.duration(answers.longestWait)
        let closes = ReadableText.nonzero([
            "closed with the answer unread": answers.unread,
            "closed up to \(ReadableText.duration(answers.latest)) before the answer came": answers.late,
        ])
        var text = "\(closes); the program had waited \(shortest) to \(longest)"
        if let descriptor = answers.descriptor { text += "; the last one was on fd \(descriptor)" }
        return Finding(
            rule: id, severity: .warning,
            confidence: Self.confidence(answers, lost: lost),
            headline:
                "The program closed \(ReadableText.count(answers.count, "connection")) just before the answer arrived",
            subject: .endpoint(answers.endpoint), firstSeen: answers.first?.timestamp ?? analysis.startedAt,
            lastSeen: answers.last?.timestamp ?? analysis.endedAt, count: answers.count,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("unread", .count(answers.unread)), Measurement("late", .count(answers.late)),
                        Measurement("latest", .duration(answers.latest)),
                        Measurement("shortest_wait", .duration(answers.shortestWait)),
                        Measurement("longest_wait", .duration(answers.longestWait)),
                    ], events: [answers.first, answers.last].compactMap { $0 })
            ],
            stack: answers.stack,
            advice:
                "Raise the timeout of requests to \(answers.endpoint) above \(longest), or make the server answer sooner: it did the "
                + "work, and the program discarded the answer.")
    }

    private static func confidence(_ answers: LateAnswers, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(
                .unproven, because: "the reading of it may be among \(ReadableText.count(lost, "lost record"))")
        }
        if answers.prompt == answers.count {
            return Confidence(
                .medium, because: "each answer came so soon after the close that the close may have caused it")
        }
        return Confidence(.high, because: "the answer came just after this side had waited and closed")
    }
}
