// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peer has closed the connection, and the application keeps the socket.
public struct CloseWaitRule: Rule {
    public let id = "close-wait"
    public let summary = "the peer closed the connection, and the application keeps the socket"

    /// How long a socket may stay in CLOSE_WAIT.
    static let age = Threshold<Duration>("close-wait.age", .seconds(10))
    public let thresholds: [any ThresholdSetting] = [age]
    public let cutOffs: [CutOff.Kind] = [.closeWaits]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketState) || analysis.hasCensus else {
            return RuleDecision(
                rule: id,
                verdict: .notEvaluated(
                    reason: .notTraced("TCP states were not traced, and the trace has no socket snapshot.")))
        }
        let findings = Self.byEndpoint(analysis.closeWaits).map { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings)) }
        if analysis.duration < thresholds[Self.age] {
            let reason =
                "The trace lasts \(ReadableText.duration(analysis.duration)); a socket must be in CLOSE_WAIT for "
                + "\(ReadableText.duration(thresholds[Self.age]))."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooShort(reason)))
        }
        let lost = analysis.lost([.socketState], since: analysis.startedAt)
        if lost > 0, !analysis.hasCensus {
            let reason = "poolscope lost \(ReadableText.count(lost, "record")) of TCP states or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: .clean)
    }

    private static func byEndpoint(_ spans: [CloseWaitSpan]) -> [[CloseWaitSpan]] {
        var order: [Endpoint?] = []
        var groups: [Endpoint?: [CloseWaitSpan]] = [:]
        for span in spans {
            let endpoint = span.socket.endpoint
            if groups[endpoint] == nil { order.append(endpoint) }
            groups[endpoint, default: []].append(span)
        }
        return order.compactMap { groups[$0] }
    }

    private func finding(
        _ spans: [CloseWaitSpan], _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding {
        let open = spans.filter { $0.endedAt == nil }
        let leased = spans.filter(\.isLeased)
        let pooled = spans.filter { $0.isPooled && !$0.isLeased }
        let longest = spans.map { ($0.endedAt ?? analysis.endedAt) - $0.event.timestamp }.max() ?? .zero
        let subject = Subject(spans.first?.socket.endpoint)
        let lost = analysis.lost([.socketState], since: analysis.startedAt)
        let count = UInt64(spans.count)
        let descriptors = open.compactMap(\.socket.descriptor).sorted().prefix(10).map(String.init)
        var text = "The longest stayed in CLOSE_WAIT for \(ReadableText.duration(longest))"
        if !open.isEmpty { text += "; \(open.count) still open at the end" }
        if !descriptors.isEmpty { text += " (fd \(descriptors.joined(separator: ", ")))" }
        let owners = ReadableText.nonzero([
            "leased": UInt64(leased.count), "idle in a pool": UInt64(pooled.count),
            "in no pool": UInt64(spans.count - leased.count - pooled.count),
        ])
        text += "; \(owners)."
        return Finding(
            rule: id, severity: open.isEmpty ? .note : .warning,
            confidence: lost == 0
                ? Confidence(.certain, because: "the kernel reports the state")
                : Confidence(
                    .unproven, because: "the end of the state may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "\(ReadableText.count(count, "socket")) kept for "
                + "\(ReadableText.duration(thresholds[Self.age])) or longer after the peer closed",
            subject: subject, firstSeen: spans.map(\.event.timestamp).min() ?? analysis.startedAt,
            lastSeen: spans.map { $0.endedAt ?? analysis.endedAt }.max() ?? analysis.endedAt, count: count,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("longest", .duration(longest)),
                        Measurement("still_open", .count(UInt64(open.count))),
                        Measurement("leased", .count(UInt64(leased.count))),
                        Measurement("pooled", .count(UInt64(pooled.count))),
                    ], events: spans.prefix(10).map(\.event))
            ],
            stack: spans.compactMap(\.socket.openStack).first,
            advice: leased.isEmpty && !pooled.isEmpty
                ? "Set the pool's maximum idle time below the server's, so that the pool closes first."
                : "Close the connection when a read returns end of file; look for the code that drops it without a close."
        )
    }
}
