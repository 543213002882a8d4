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
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: "Receives and sends were not traced."))
        }
        var limits: [String] = []
        if analysis.unpairedDatagramSockets > 0 {
            limits.append(
                "\(ReadableText.count(analysis.unpairedDatagramSockets, "UDP socket")) not looked at: not connected, and with "
                    + "several peers or none that is known; or beyond those that are told apart.")
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        var findings: [Finding] = []
        for exchanges in analysis.datagramExchanges where Self.isMany(exchanges, thresholds) {
            if exchanges.answerTimes.p50 * Self.promptness > exchanges.waits.p50 {
                limits.append(
                    "\(exchanges.endpoint): what comes does not come soon after requests, so it may not be answers; not judged."
                )
            } else {
                findings.append(finding(exchanges, lost: lost, analysis))
            }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), limits: limits) }
        if lost > 0 {
            let reason = "Requests may be missing: \(ReadableText.count(lost, "record")) of I/O are missing."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), limits: limits)
        }
        return RuleDecision(rule: id, verdict: .clean, limits: limits)
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
            "\(exchanges.unanswered) of \(ReadableText.count(requests, "request")) not answered, \(exchanges.repeated) of them sent "
            + "again; in the worst 30 s \(exchanges.windowUnanswered) of \(exchanges.windowRequests); they were waited for "
            + "\(ReadableText.duration(exchanges.waits.p50)) as a rule, where 99 % of the answers take up to \(answer)"
        if let descriptor = exchanges.descriptor { text += "; fd \(descriptor) was the last" }
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(
                    .high, because: "others of their size are answered, and nothing came before they were sent again")
                : Confidence(.unproven, because: "\(ReadableText.count(lost, "record")) lost may hold the answers"),
            headline: "\(share) of the requests are not answered", subject: .endpoint(exchanges.endpoint),
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
