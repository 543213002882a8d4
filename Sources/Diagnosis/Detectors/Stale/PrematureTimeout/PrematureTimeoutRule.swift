// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A deadline fires while the answer is there or under way.
public struct PrematureTimeoutRule: Rule {
    public let id = "premature-timeout"
    public let summary = "connections are closed while the answer is under way"

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
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: "\(name) were not traced."))
        }
        let lost = analysis.lost([.socketIO, .socketClose, .socketReset], since: analysis.startedAt)
        let findings = analysis.lateAnswers.filter { $0.count >= max(1, thresholds[Self.answers]) }
            .map { finding($0, lost: lost, analysis) }
        if findings.isEmpty, lost > 0 {
            let reason =
                "Late answers may be missing: \(ReadableText.count(lost, "record")) of I/O, of closes, of resets "
                + "or of unknown kind were lost."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason))
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings))
    }

    private func finding(_ answers: LateAnswers, lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let shortest = ReadableText.duration(answers.shortestWait)
        let longest = ReadableText.duration(answers.longestWait)
        var text =
            "\(answers.unread) closed with the answer unread, \(answers.late) up to \(ReadableText.duration(answers.latest)) "
            + "before it came; they had waited \(shortest) to \(longest)"
        if let descriptor = answers.descriptor { text += "; fd \(descriptor) was the last" }
        return Finding(
            rule: id, severity: .warning,
            confidence: Self.confidence(answers, lost: lost),
            headline: "\(ReadableText.count(answers.count, "connection")) closed while the answer was under way",
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
                "Raise the time-out of requests to \(answers.endpoint) above \(longest), or make the server answer sooner: the "
                + "work was done, and the answer thrown away.")
    }

    private static func confidence(_ answers: LateAnswers, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(
                .unproven, because: "\(ReadableText.count(lost, "record")) lost may hold the reading of it")
        }
        if answers.prompt == answers.count {
            return Confidence(.medium, because: "each came so soon after the close that the close may have caused it")
        }
        return Confidence(.high, because: "the answer came when this side had just closed, after it had waited")
    }
}
