// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The pool keeps nothing: nearly every lease dials a connection, and closes it.
public struct NoReuseRule: Rule {
    public let id = "no-reuse"
    public let summary = "the pool keeps no connection: each lease dials a new one"

    /// Leases per connection.
    static let ratio = Threshold<Double>("no-reuse.ratio", 2)
    /// Leases that make a habit.
    static let leases = Threshold<UInt64>("no-reuse.leases", 20)
    /// So often connections were closed and others dialled after them, at different times.
    static let moments = Threshold<UInt64>("no-reuse.moments", 3)
    public let thresholds: [any ThresholdSetting] = [ratio, leases, moments]
    public let cutOffs: [CutOff.Kind] = [.pools]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = TurnoverCoverage(analysis)
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        let findings = coverage.pools.filter { Self.isMet($0, thresholds) }.map { finding($0, coverage, analysis) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.caveats) }
        if coverage.pools.allSatisfy({ $0.turnover.leases < thresholds[Self.leases] }) {
            let most = coverage.pools.map(\.turnover.leases).max() ?? 0
            let reason =
                "\(ReadableText.count(most, "lease")) in the trace; \(thresholds[Self.leases]) make a habit."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooFew(reason)), caveats: coverage.caveats)
        }
        return coverage.decision(id)
    }

    /// Also asked by `idle-churn`: a pool that keeps nothing is one finding, not two.
    static func isMet(_ pool: PoolSummary, _ thresholds: Thresholds) -> Bool {
        let turnover = pool.turnover
        // All leases against the connections that were closed and then dialled again: a pool that has just been filled has
        // closed none, and one that shrinks after a burst dials none.
        return turnover.redialMoments >= max(1, thresholds[Self.moments])
            && turnover.leases >= thresholds[Self.leases]
            && Double(turnover.leases) < Double(turnover.redialled) * thresholds[Self.ratio]
    }

    private func finding(_ pool: PoolSummary, _ coverage: TurnoverCoverage, _ analysis: TraceAnalysis) -> Finding {
        let turnover = pool.turnover
        let ratio = Double(turnover.leases) / Double(max(1, turnover.closed))
        let number = ReadableText.number(ratio)
        let first = turnover.firstClose?.timestamp ?? analysis.startedAt
        var evidence = [
            Evidence(
                "\(ReadableText.count(turnover.leases, "lease")) took \(ReadableText.count(turnover.opened, "new connection")); "
                    + "this process closed \(turnover.closed) of these, \(ReadableText.count(turnover.closedAtRelease, "connection")) at release, "
                    + "and dialled another after \(ReadableText.count(turnover.redialled, "close")), at \(ReadableText.count(turnover.redialMoments, "different time")).",
                measurements: [
                    Measurement("leases", .count(turnover.leases)), Measurement("opened", .count(turnover.opened)),
                    Measurement("closed", .count(turnover.closed)),
                    Measurement("redialled", .count(turnover.redialled)),
                    Measurement("closed_at_release", .count(turnover.closedAtRelease)),
                    Measurement("leases_per_connection", .share(ratio)),
                ], events: [turnover.firstClose, turnover.lastClose].compactMap { $0 })
        ]
        if pool.dials.count > 0 {
            evidence.append(
                Evidence(
                    "\(ReadableText.count(pool.dials.count, "acquire")) dialled, for "
                        + "\(ReadableText.duration(pool.dials.total)) in sum.",
                    measurements: [
                        Measurement("dials", .count(pool.dials.count)),
                        Measurement("dialled", .duration(pool.dials.total)),
                    ]))
        }
        if let idle = pool.audit?.maximumIdle {
            evidence.append(
                Evidence(
                    "The pool keeps at most \(idle) idle connections.",
                    measurements: [Measurement("maximum_idle", .count(idle))],
                    events: [pool.audit?.event].compactMap { $0 }))
        }
        return Finding(
            rule: id, severity: .warning,
            confidence: coverage.confidence("the trace shows each of these connections from open to close"),
            headline:
                "Each connection serves \(number) \(number == "1" ? "lease" : "leases") on average before it is closed",
            subject: Subject(pool), firstSeen: first, lastSeen: turnover.lastClose?.timestamp ?? analysis.endedAt,
            count: turnover.closed, evidence: evidence,
            advice: "Let the pool keep idle connections: raise its idle limit, its idle time and its lifetime.")
    }
}
