// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The idle limit is too small: connections are closed at their release, and others are dialled soon after.
public struct IdleChurnRule: Rule {
    public let id = "idle-churn"
    public let summary = "the pool closes connections at release and dials new ones"

    /// Connections closed at their release, per minute.
    static let rate = Threshold<Double>("idle-churn.rate", 10)
    /// Such closes that make a habit, however short the trace.
    static let closes = Threshold<UInt64>("idle-churn.closes", 10)
    public let thresholds: [any ThresholdSetting] = [rate, closes]
    public let cutOffs: [CutOff.Kind] = [.pools]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = TurnoverCoverage(analysis)
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var findings: [Finding] = []
        var undecided: Reason?
        for pool in coverage.pools where !NoReuseRule.isMet(pool, thresholds) {
            let closes = pool.turnover.closedAtRelease
            let rate = Self.perMinute(closes, analysis)
            // A pool that shrinks after a peak dials none; one burst is no habit.
            guard rate > thresholds[Self.rate], pool.turnover.redialled * 2 >= closes,
                pool.turnover.redialMoments >= max(1, thresholds[NoReuseRule.moments])
            else { continue }
            if closes >= thresholds[Self.closes] {
                findings.append(finding(pool, rate: rate, coverage, analysis))
            } else {
                undecided = .tooFew(
                    "\(pool.name): \(ReadableText.count(closes, "close")) at release in "
                        + "\(ReadableText.duration(analysis.duration)); \(thresholds[Self.closes]) make a habit.")
            }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.caveats) }
        if let undecided {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: undecided), caveats: coverage.caveats)
        }
        return coverage.decision(id)
    }

    private static func perMinute(_ count: UInt64, _ analysis: TraceAnalysis) -> Double {
        Double(count) * 60e9 / Double(max(1, analysis.duration.wholeNanoseconds))
    }

    private func finding(
        _ pool: PoolSummary, rate: Double, _ coverage: TurnoverCoverage, _ analysis: TraceAnalysis
    ) -> Finding {
        let turnover = pool.turnover
        let first = turnover.firstClose?.timestamp ?? analysis.startedAt
        var text =
            "The pool closed \(ReadableText.count(turnover.closedAtRelease, "working connection")) right after release "
            + "(\(ReadableText.number(rate)) a minute) and opened \(turnover.opened), "
            + "\(turnover.redialled) of them after such a close, at \(ReadableText.count(turnover.redialMoments, "different time"))"
        var measurements = [
            Measurement("closed_at_release", .count(turnover.closedAtRelease)),
            Measurement("per_minute", .share(rate)), Measurement("opened", .count(turnover.opened)),
        ]
        if let idle = pool.audit?.maximumIdle {
            text += "; the pool keeps at most \(idle) idle, and up to \(pool.peakInUse) were leased at the same time"
            measurements.append(Measurement("maximum_idle", .count(idle)))
            measurements.append(Measurement("peak_leases", .count(pool.peakInUse)))
        }
        return Finding(
            rule: id, severity: .note,
            confidence: coverage.confidence("each close followed its release immediately"),
            headline:
                "The pool closed \(ReadableText.count(turnover.closedAtRelease, "connection")) at release and dialled again",
            subject: Subject(pool), firstSeen: first, lastSeen: turnover.lastClose?.timestamp ?? first,
            count: turnover.closedAtRelease,
            evidence: [
                Evidence(
                    text + ".", measurements: measurements,
                    events: [turnover.firstClose, turnover.lastClose].compactMap { $0 })
            ],
            advice: "Raise the pool's idle limit to its peak use, and raise its connection lifetime.")
    }
}
