// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Something drops idle connections, and the next request on them fails.
public struct IdleKilledRule: Rule {
    public let id = "idle-killed"
    public let summary = "something drops idle connections, and the next request fails"

    /// Silence of at least this is idle.
    static let idle = Threshold<Duration>("idle-killed.idle", .seconds(1))
    /// Connections to one endpoint found dead.
    static let failures = Threshold<UInt64>("idle-killed.failures", 3)
    public let thresholds: [any ThresholdSetting] = [idle, failures]
    public let cutOffs: [CutOff.Kind] = [.idleSurvivals]
    private static let records: Set<RecordKind> = [.socketIO, .socketReset, .socketRetransmit]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        for (kind, name) in [(RecordKind.socketIO, "Receives and sends"), (.socketReset, "Resets")]
        where !analysis.isTraced(kind) {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("\(name) were not traced.")))
        }
        let lost = analysis.lost(Self.records, since: analysis.startedAt)
        var caveats: [Reason] = []
        if !analysis.isTraced(.socketRetransmit) {
            caveats.append(.notTraced("Retransmits were not traced: poolscope only sees connections that were reset."))
        }
        for survival in analysis.idleSurvivals where survival.explained > 0 {
            caveats.append(
                .otherExplanation(
                    "\(survival.endpoint): \(ReadableText.count(survival.explained, "idle connection")) died when connections in "
                        + "use did, too, or most at once; these do not count."))
        }
        let findings = analysis.idleSurvivals.filter { $0.failed >= max(1, thresholds[Self.failures]) }
            .map { finding($0, lost: lost, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if analysis.duration < thresholds[Self.idle] {
            let reason =
                "The trace lasts \(ReadableText.duration(analysis.duration)); idle is what is silent for "
                + "\(ReadableText.duration(thresholds[Self.idle]))."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooShort(reason)), caveats: caveats)
        }
        if lost > 0 {
            let reason =
                "Failures may be missing: poolscope lost \(ReadableText.count(lost, "record")) of I/O, of resets, of retransmits "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(
        _ survival: IdleSurvival, lost: UInt64, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding {
        let isNoRestart = survival.isNoRestart(atMost: thresholds[Self.failures])
        let failed = ReadableText.duration(survival.shortestFailed)
        let survived = ReadableText.duration(survival.longestSurvived)
        let isSharp = survival.longestSurvived < survival.shortestFailed
        let ends = ReadableText.nonzero([
            "by reset or error": survival.reset, "without an acknowledgement": survival.failed - survival.reset,
        ])
        var text = "\(survival.failed) failed at the first send after \(failed) of silence or more: \(ends)"
        text +=
            survival.survived > 0 ? "; \(survival.survived) survived, the longest after \(survived)" : "; none survived"
        if let descriptor = survival.descriptor { text += "; fd \(descriptor) failed last" }
        let confidence: Confidence
        if lost > 0 {
            confidence = Confidence(
                .unproven, because: "the answers may be among \(ReadableText.count(lost, "lost record"))")
        } else if !isNoRestart {
            confidence = Confidence(
                .medium, because: "one restart of the peer would look the same: no connection survived it")
        } else if isSharp {
            confidence = Confidence(
                .high, because: "each connection that failed had been idle for longer than any that survived")
        } else {
            confidence = Confidence(
                .medium, because: "others survived as long an idle time, so there may be another cause")
        }
        return Finding(
            rule: id, severity: .warning, confidence: confidence,
            headline:
                "\(ReadableText.count(survival.failed, "connection")) dead after \(failed) of silence or more",
            subject: .endpoint(survival.endpoint), firstSeen: survival.firstFailure?.timestamp ?? analysis.startedAt,
            lastSeen: survival.lastFailure?.timestamp ?? analysis.endedAt, count: survival.failed,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("failed", .count(survival.failed)), Measurement("reset", .count(survival.reset)),
                        Measurement("shortest_failed", .duration(survival.shortestFailed)),
                        Measurement("survived", .count(survival.survived)),
                        Measurement("longest_survived", .duration(survival.longestSurvived)),
                        Measurement("moments", .count(survival.moments)),
                        Measurement("outlived", .count(survival.outlived)),
                    ], events: [survival.firstFailure, survival.lastFailure].compactMap { $0 })
            ],
            stack: survival.stack,
            advice: (isNoRestart ? "" : "If \(survival.endpoint) was not restarted or replaced meanwhile: ")
                + (isSharp && survival.survived > 0
                    ? "Set the pool's maximum idle time, or TCP keepalive, for \(survival.endpoint) between \(survived), which survived, "
                        + "and \(failed), which did not."
                    : "Set the pool's maximum idle time, or TCP keepalive, for \(survival.endpoint) below \(failed)."))
    }
}
