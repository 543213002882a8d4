// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// New connections take long to be made: the look-up of the name, TCP, TLS or the protocol's start-up.
public struct SlowConnectRule: Rule {
    public let id = "slow-connect"
    public let summary = "new connections take long"

    /// From SYN to the answer.
    static let tcp = Threshold<Duration>("slow-connect.tcp", .milliseconds(500))
    /// The look-up of the host's name.
    static let dns = Threshold<Duration>("slow-connect.dns", .milliseconds(300))
    /// A TLS handshake.
    static let tls = Threshold<Duration>("slow-connect.tls", .milliseconds(800))
    /// From there to the first lease.
    static let startUp = Threshold<Duration>("slow-connect.start-up", .seconds(1))
    /// So slow connections to one endpoint.
    static let count = Threshold<UInt64>("slow-connect.count", 3)
    public let thresholds: [any ThresholdSetting] = [tcp, dns, tls, startUp, count]
    public let cutOffs: [CutOff.Kind] = [.connectTimes]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketState) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("TCP states were not traced.")))
        }
        let caveats = Self.caveats(analysis)
        let findings = findings(analysis, thresholds)
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if analysis.connectTimes.isEmpty, analysis.births.isEmpty {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .nothingThere("No TCP connection was made during the trace.")))
        }
        let lost = analysis.lost(
            [.socketState, .nameLookup, .tlsHandshake, .socketOpen], since: analysis.startedAt)
        if lost > 0 {
            let reason =
                "Connects may be missing: poolscope lost \(ReadableText.count(lost, "record")) of new connections."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    /// What of a new connection is not judged.
    private static func caveats(_ analysis: TraceAnalysis) -> [Reason] {
        var missing: [String] = []
        if !analysis.isTraced(.nameLookup) { missing.append("look-ups") }
        if !analysis.isTraced(.tlsHandshake) { missing.append("TLS handshakes") }
        if analysis.pools.isEmpty { missing.append("start-up") }
        if missing.isEmpty { return [] }
        return [.notTraced("Of new connections, the trace does not show: \(missing.joined(separator: ", ")).")]
    }

    private func findings(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> [Finding] {
        let least = max(1, thresholds[Self.count])
        let births = Dictionary(grouping: analysis.births) { $0.endpoint }
        let slowTCP = analysis.connectTimes.filter { $0.slow >= least }
        var order = slowTCP.map(\.endpoint)
        for birth in analysis.births where !order.contains(birth.endpoint) { order.append(birth.endpoint) }
        return order.compactMap { endpoint in
            let parts = SlowBirthPart.all(of: births[endpoint] ?? [], thresholds).filter { $0.slow >= least }
            let times = slowTCP.first { $0.endpoint == endpoint }
            if times == nil, parts.isEmpty { return nil }
            return finding(endpoint, times, parts, analysis, thresholds)
        }
    }

    private func finding(
        _ endpoint: Endpoint, _ times: ConnectTimes?, _ parts: [SlowBirthPart], _ analysis: TraceAnalysis,
        _ thresholds: Thresholds
    ) -> Finding {
        let headlines = [times.map { Self.headline($0, thresholds) }].compactMap { $0 } + parts.map(\.headline)
        let evidence = [times.map(Self.evidence)].compactMap { $0 } + parts.map(\.evidence)
        let advice =
            (times == nil
                ? []
                : [
                    "A time near 1 s or 3 s means that a SYN was lost: look at the server's listen backlog and at firewalls."
                ])
            + parts.map(\.advice) + ["Keep connections open, so that the program makes fewer."]
        let events = evidence.flatMap(\.events).map(\.timestamp)
        return Finding(
            rule: id, severity: .warning,
            // A lost record only makes them fewer.
            confidence: parts.isEmpty
                ? Confidence(.certain, because: "the kernel recorded when the SYN went out and when its answer came")
                : Confidence(.high, because: "each part was measured on its connection"),
            headline: headlines.joined(separator: "; "),
            subject: .endpoint(endpoint), firstSeen: events.min() ?? analysis.startedAt,
            lastSeen: events.max() ?? analysis.endedAt,
            count: (times?.slow ?? 0) &+ parts.reduce(0) { $0 &+ $1.slow }, evidence: evidence,
            advice: advice.joined(separator: " "))
    }

    private static func headline(_ times: ConnectTimes, _ thresholds: Thresholds) -> String {
        "\(times.slow) of \(ReadableText.count(times.count, "connection")) took "
            + "\(ReadableText.duration(thresholds[Self.tcp])) or longer to be made"
    }

    private static func evidence(_ times: ConnectTimes) -> Evidence {
        let mean = Duration.nanoseconds(times.total.wholeNanoseconds / Int64(clamping: max(1, times.count)))
        let share = Double(times.slow) / Double(max(1, times.count))
        return Evidence(
            "From SYN to the answer: \(ReadableText.duration(mean)) on average, "
                + "\(ReadableText.duration(times.longest)) at most; \(ReadableText.share(share)) were slow.",
            measurements: [
                Measurement("connects", .count(times.count)), Measurement("slow", .count(times.slow)),
                Measurement("mean", .duration(mean)), Measurement("longest", .duration(times.longest)),
            ], events: [times.firstSlow, times.lastSlow].compactMap { $0 })
    }
}
