// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// New TCP connections take long to be made.
public struct SlowConnectRule: Rule {
    public let id = "slow-connect"
    public let summary = "new connections take long to be made"

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced("socket_state") else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: "TCP states were not traced."))
        }
        let slow = analysis.connectTimes.filter { $0.slow >= thresholds.slowConnectCount }
        let lost = analysis.lost(["socket_state"], since: analysis.startedAt)
        let limits = ["Only TCP's part is judged: look-ups, TLS and start-up are under New connections."]
        if !slow.isEmpty {
            return RuleDecision(
                rule: id, verdict: .findings(slow.map { finding($0, analysis, thresholds) }), limits: limits)
        }
        if analysis.connectTimes.isEmpty {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: "No TCP connection was made during the trace."))
        }
        if lost > 0 {
            let reason = "Connects may be missing: \(ReadableText.count(lost, "record")) of TCP states were lost."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason))
        }
        return RuleDecision(rule: id, verdict: .clean, limits: limits)
    }

    private func finding(_ times: ConnectTimes, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding {
        let mean = Duration.nanoseconds(times.total.wholeNanoseconds / Int64(clamping: max(1, times.count)))
        let share = Double(times.slow) / Double(max(1, times.count))
        return Finding(
            rule: id, severity: .warning,
            // A lost record only makes connects fewer.
            confidence: Confidence(.certain, because: "the kernel's times of SYN and of the answer to it"),
            headline: "\(times.slow) of \(ReadableText.count(times.count, "connection")) took "
                + "\(ReadableText.duration(thresholds.slowConnectTCP)) or longer to be made",
            subject: times.endpoint.description, firstSeen: times.firstSlow?.timestamp ?? analysis.startedAt,
            lastSeen: times.lastSlow?.timestamp ?? analysis.endedAt, count: times.slow,
            evidence: [
                Evidence(
                    "From SYN to the answer: \(ReadableText.duration(mean)) on average, "
                        + "\(ReadableText.duration(times.longest)) at most; \(ReadableText.share(share)) were slow.",
                    measurements: [
                        Measurement("connects", .count(times.count)), Measurement("slow", .count(times.slow)),
                        Measurement("mean", .duration(mean)), Measurement("longest", .duration(times.longest)),
                    ], events: [times.firstSlow, times.lastSlow].compactMap { $0 })
            ],
            advice: "A time near 1 s or 3 s is a lost SYN: look at the server's listen backlog and at firewalls; keep "
                + "connections, so that fewer are made.")
    }
}
