// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Requests by UDP that are not answered.
public struct UDPTimeoutRule: Rule {
    public let id = "udp-timeout"
    public let summary = "requests by UDP are not answered, and are sent again"

    /// Share of the requests in a window of 30 s that are not answered.
    static let share = Threshold<Double>("udp-timeout.share", 0.15)
    /// Requests in such a window.
    static let requests = Threshold<UInt64>("udp-timeout.requests", 20)
    /// How long a request is waited for at least.
    static let wait = Threshold<Duration>("udp-timeout.wait", .milliseconds(100))
    public let thresholds: [any ThresholdSetting] = [share, requests, wait]
    /// Answers come sooner than requests are given up, by so much at least; else what comes is no answer to them.
    private static let promptness = 3

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")))
        }
        var caveats: [Reason] = []
        if analysis.unpairedDatagramSockets > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.unpairedDatagramSockets, "UDP socket")) not evaluated: not connected, with "
                        + "several peers or an unknown one, or beyond the endpoints that poolscope follows."))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        var findings: [Finding] = []
        for exchanges in analysis.results[UDPTimeout.self].items where Self.isMany(exchanges, thresholds) {
            if exchanges.answerTimes.p50 * Self.promptness > exchanges.waits.p50 {
                caveats.append(
                    .otherExplanation(
                        "\(exchanges.endpoint): its datagrams do not follow requests closely, so they may not be replies; not evaluated."
                    ))
            } else {
                findings.append(finding(exchanges, lost: lost, analysis))
            }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if lost > 0 {
            let reason = "Requests may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func isMany(_ exchanges: DatagramExchanges, _ thresholds: Thresholds) -> Bool {
        exchanges.windowUnanswered > 0
            && Double(exchanges.windowUnanswered) > Double(exchanges.windowRequests) * thresholds[Self.share]
    }

    private func finding(_ exchanges: DatagramExchanges, lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let share = ReadableText.share(Double(exchanges.windowUnanswered) / Double(max(1, exchanges.windowRequests)))
        let answer = ReadableText.duration(exchanges.answerTimes.p99)
        let requests = exchanges.answered &+ exchanges.unanswered
        var text =
            "\(exchanges.unanswered) of \(ReadableText.count(requests, "request")) got no reply"
            + (exchanges.repeated > 0 ? ", and the program sent \(exchanges.repeated) of them again" : "")
            + "; in the worst 30 s \(exchanges.windowUnanswered) of \(exchanges.windowRequests); the program typically waited "
            + "\(ReadableText.duration(exchanges.waits.p50)) for them, where 99 % of the replies take at most \(answer)"
        if let descriptor = exchanges.descriptor { text += "; the last one was on fd \(descriptor)" }
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(
                    .high,
                    because: "requests of the same size get replies, and nothing came before these were sent again")
                : Confidence(.unproven, because: "the answers may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "\(share) of the requests get no reply", subject: .endpoint(exchanges.endpoint),
            firstSeen: exchanges.first?.timestamp ?? analysis.startedAt,
            lastSeen: exchanges.last?.timestamp ?? analysis.endedAt, count: exchanges.unanswered,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("unanswered", .count(exchanges.unanswered)),
                        Measurement("requests", .count(requests)),
                        Measurement("repeated", .count(exchanges.repeated)),
                        Measurement("window_unanswered", .count(exchanges.windowUnanswered)),
                        Measurement("window_requests", .count(exchanges.windowRequests)),
                        Measurement("wait_p50", .duration(exchanges.waits.p50)),
                        Measurement("answer_p99", .duration(exchanges.answerTimes.p99)),
                    ], events: [exchanges.first, exchanges.last].compactMap { $0 })
            ],
            stack: exchanges.stack,
            advice:
                "Look for drops at \(exchanges.endpoint) (its receive buffer, rate limits, a firewall), ask for less at a time, and "
                + "repeat with growing pauses.")
    }
}
