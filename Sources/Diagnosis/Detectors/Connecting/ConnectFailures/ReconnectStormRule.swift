// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Failed connects are repeated without backoff or without jitter.
public struct ReconnectStormRule: Rule {
    public let id = "reconnect-storm"
    public let summary = "the program repeats failed connects without backoff or jitter"

    /// Retries in a second, above which it is busy.
    static let rate = Threshold<UInt64>("reconnect-storm.rate", 10)
    /// Busy seconds that make a storm; a burst after a server's failure has one or two.
    static let seconds = Threshold<UInt64>("reconnect-storm.seconds", 3)
    /// Variation of the intervals, below which there is neither backoff nor jitter.
    static let variation = Threshold<Double>("reconnect-storm.variation", 0.1)
    /// Regular retries that make a habit.
    static let retries = Threshold<UInt64>("reconnect-storm.retries", 5)
    /// The longest mean interval at which regularity matters.
    static let interval = Threshold<Duration>("reconnect-storm.interval", .seconds(1))
    public let thresholds: [any ThresholdSetting] = [rate, seconds, variation, retries, interval]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketConnect) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Connects were not traced.")))
        }
        let lost = analysis.lost([.socketConnect, .socketState], since: analysis.startedAt)
        let findings = analysis.connects.compactMap { finding($0, lost: lost, analysis, thresholds) }
        var caveats: [Reason] = []
        if !analysis.isTraced(.socketState) {
            caveats.append(
                .notTraced("Non-blocking connects end with a TCP state change, and TCP states were not traced."))
        }
        if findings.isEmpty, lost > 0 {
            let reason =
                "Retries may be missing: poolscope lost \(ReadableText.count(lost, "record")) of connects, of TCP states "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private func finding(
        _ connect: ConnectSummary, lost: UInt64, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        let retries = connect.retries
        guard connect.failureCount > 0 else { return nil }
        let isFast = retries.busySeconds >= max(1, thresholds[Self.seconds])
        let isRegular =
            retries.runRetries >= max(1, thresholds[Self.retries])
            && retries.variation < thresholds[Self.variation]
            && retries.meanInterval <= thresholds[Self.interval]
        guard isFast || isRegular else { return nil }
        let mean = ReadableText.duration(retries.meanInterval)
        let text =
            "\(retries.count) retries after a failure, up to \(retries.peakPerSecond) a second; "
            + "\(retries.busySeconds) seconds had more than \(thresholds[Self.rate]). The longest run of failures: "
            + "every \(mean) on average, with a variation of \(ReadableText.share(retries.variation)), "
            + "\(retries.runRetries) times."
        return Finding(
            rule: id, severity: isFast ? .warning : .note,
            confidence: lost == 0
                ? Confidence(.certain, because: "each attempt and its failure were seen")
                : Confidence(
                    .unproven, because: "successes between may be among \(ReadableText.count(lost, "lost record"))"),
            headline: isFast
                ? "Up to \(retries.peakPerSecond) retries a second after failed connects"
                : "Failed connects are repeated every \(mean), without backoff or jitter",
            subject: .endpoint(connect.endpoint), firstSeen: connect.firstFailure?.timestamp ?? analysis.startedAt,
            lastSeen: connect.lastFailure?.timestamp ?? analysis.endedAt, count: retries.count,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("retries", .count(retries.count)),
                        Measurement("retries_per_second_peak", .count(retries.peakPerSecond)),
                        Measurement("busy_seconds", .count(retries.busySeconds)),
                        Measurement("interval_mean", .duration(retries.meanInterval)),
                        Measurement("interval_variation", .share(retries.variation)),
                    ], events: [connect.firstFailure, connect.lastFailure].compactMap { $0 })
            ],
            stack: connect.stack,
            advice:
                "Wait longer after each failed connect to \(connect.endpoint), up to a limit, and add a random part: without it "
                + "all clients reconnect at the same moment when the server is back.")
    }
}
