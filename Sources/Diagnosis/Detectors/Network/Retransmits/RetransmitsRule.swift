// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The network or the peer loses segments, and TCP sends them again.
public struct RetransmitsRule: Rule {
    public let id = "retransmits"
    public let summary = "a share of the segments is lost and sent again"

    /// Share of the data segments that are sent again.
    static let share = Threshold<Double>("retransmits.share", 0.01)
    /// And so many of them.
    static let segments = Threshold<UInt64>("retransmits.segments", 20)
    public let thresholds: [any ThresholdSetting] = [share, segments]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.hasCensus else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("No socket snapshot counted segments.")))
        }
        let findings = analysis.endpoints.compactMap { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings)) }
        if analysis.endpoints.allSatisfy({ $0.dataSegments == 0 }) {
            let reason =
                "No snapshot shows segments that were sent: no TCP connection was in use, or an older recorder made the trace."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .nothingThere(reason)))
        }
        let lost = analysis.lost([.censusSocket], since: analysis.startedAt)
        if lost > 0 {
            let reason = "poolscope lost \(ReadableText.count(lost, "record")) of snapshots or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: .clean)
    }

    private func finding(
        _ endpoint: EndpointSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        guard endpoint.dataSegments > 0, endpoint.resentSegments >= max(1, thresholds[Self.segments]) else {
            return nil
        }
        let share = Double(endpoint.resentSegments) / Double(endpoint.dataSegments)
        guard share > thresholds[Self.share] else { return nil }
        return Finding(
            rule: id, severity: .warning,
            confidence: Confidence(.certain, because: "the kernel counts segments and those that it sends again"),
            headline: "\(ReadableText.share(share)) of the segments were sent again",
            subject: .endpoint(endpoint.endpoint), firstSeen: endpoint.firstResent?.timestamp ?? analysis.startedAt,
            lastSeen: endpoint.lastResent?.timestamp ?? analysis.endedAt, count: endpoint.resentSegments,
            evidence: [
                Evidence(
                    "\(endpoint.resentSegments) of \(endpoint.dataSegments) segments with data were sent again, on "
                        + "\(ReadableText.count(endpoint.sockets, "socket")); the highest round trip is "
                        + "\(endpoint.roundTrip.map(ReadableText.duration) ?? "not known").",
                    measurements: [
                        Measurement("resent", .count(endpoint.resentSegments)),
                        Measurement("segments", .count(endpoint.dataSegments)),
                        Measurement("resent_share", .share(share)),
                    ], events: [endpoint.firstResent, endpoint.lastResent].compactMap { $0 })
            ],
            advice:
                "Look for losses on the way to \(endpoint.endpoint): errors and drops of network cards (ip -s link, ethtool -S), "
                + "a policer, or a link that is full.")
    }
}
