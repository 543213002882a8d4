// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peer ends most of an endpoint's connections at once, and they are dialled anew.
public struct MassInvalidationRule: Rule {
    public let id = "mass-invalidation"
    public let summary = "the peer ends most connections of an endpoint at once"

    /// Share of an endpoint's connections that the peer ends.
    static let share = Threshold<Double>("mass-invalidation.share", 0.5)
    /// And so many.
    static let connections = Threshold<UInt64>("mass-invalidation.connections", 5)
    /// Within this time; younger connections do not count.
    static let window = Threshold<Duration>("mass-invalidation.window", .seconds(2))
    public let thresholds: [any ThresholdSetting] = [share, connections, window]
    public let cutOffs: [CutOff.Kind] = [.closures, .farewells]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketState) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("TCP states were not traced.")))
        }
        let lost = analysis.lost([.socketState, .socketConnect], since: analysis.startedAt)
        let findings = analysis.massClosures.filter { closure in
            closure.closed >= max(1, thresholds[Self.connections]) && closure.redials > 0
                && closure.idleTimeout == nil && !closure.isMetAfterIdle
                && Double(closure.closed) >= thresholds[Self.share] * Double(closure.connections)
        }.map { finding($0, lost: lost, analysis) }
        let caveats = analysis.massClosures.compactMap(caveat)
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if analysis.duration < thresholds[Self.window] {
            let reason =
                "The trace lasts \(ReadableText.duration(analysis.duration)); a connection must be older than "
                + "\(ReadableText.duration(thresholds[Self.window])) to count."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooShort(reason)), caveats: caveats)
        }
        if lost > 0 {
            let reason =
                "Closes may be missing: poolscope lost \(ReadableText.count(lost, "record")) of TCP states, of connects "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func caveat(_ closure: MassClosure) -> Reason? {
        guard let timeout = closure.idleTimeout else { return nil }
        return .otherExplanation(
            "\(closure.endpoint): the peer ended \(closure.closed) of \(closure.connections) connections at once, each after "
                + "\(ReadableText.duration(timeout)) of silence: this looks like its idle timeout.")
    }

    private func finding(_ closure: MassClosure, lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let length = closure.last.timestamp - closure.first.timestamp
        let share = Double(closure.closed) / Double(max(1, closure.connections))
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(.certain, because: "the kernel reported each end")
                : Confidence(
                    .unproven, because: "further connections may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "The peer ended \(closure.closed) of \(closure.connections) connections within "
                + ReadableText.duration(length),
            subject: .endpoint(closure.endpoint), firstSeen: closure.first.timestamp, lastSeen: closure.last.timestamp,
            count: closure.closed,
            evidence: [
                Evidence(
                    "\(closure.closed) of \(closure.connections) connections (\(ReadableText.share(share))) got FIN or RST within "
                        + "\(ReadableText.duration(length)); \(ReadableText.count(closure.redials, "attempt")) to connect followed within 30 s.",
                    measurements: [
                        Measurement("closed", .count(closure.closed)),
                        Measurement("connections", .count(closure.connections)),
                        Measurement("closed_share", .share(share)), Measurement("within", .duration(length)),
                        Measurement("redials", .count(closure.redials)),
                    ], events: [closure.first, closure.last])
            ],
            advice:
                "Find out what happened on \(closure.endpoint) at that moment (restart, failover, certificate rotation), and spread "
                + "the lifetimes of pooled connections, so that the pool does not dial all of them at once.")
    }
}
