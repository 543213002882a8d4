// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A pool whose connections were opened together closes them together: the lifetime has no jitter.
struct LifetimeHerdRule: Rule {
    let id = "lifetime-herd"
    let summary = "the pool closes connections of one age at once and dials them again"

    /// Closes within this time are one wave; also at most a tenth of the connections' age.
    static let window = Threshold<Duration>("lifetime-herd.window", .seconds(1))
    /// The least connections of a wave.
    static let connections = Threshold<UInt64>("lifetime-herd.connections", 4)
    /// The share of the pool's connections that a wave closes.
    static let share = Threshold<Double>("lifetime-herd.share", 0.5)
    /// Waves that make a habit.
    static let waves = Threshold<UInt64>("lifetime-herd.waves", 2)
    let thresholds: [any ThresholdSetting] = [window, connections, share, waves]
    let cutOffs: [CutOff.Kind] = [.pools]

    func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = TurnoverCoverage(analysis)
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var findings: [Finding] = []
        var undecided: Reason?
        // A pool that keeps nothing has no ages: that is the other finding.
        for pool in coverage.pools where !NoReuseRule.isMet(pool, thresholds) {
            guard let herd = analysis.results[LifetimeHerd.self].items.first(where: { $0.pool == pool.id }) else {
                continue
            }
            if herd.waves >= thresholds[Self.waves] {
                findings.append(finding(herd, of: pool, coverage))
            } else {
                undecided = .tooFew(
                    "\(pool.name): \(ReadableText.count(herd.waves, "wave")) of closes in "
                        + "\(ReadableText.duration(analysis.duration)); \(thresholds[Self.waves]) make a habit.")
            }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.caveats) }
        if let undecided {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: undecided), caveats: coverage.caveats)
        }
        return coverage.decision(id)
    }

    private func finding(_ herd: LifetimeHerd.Herd, of pool: PoolSummary, _ coverage: TurnoverCoverage) -> Finding {
        let age = ReadableText.duration(herd.age)
        return Finding(
            rule: id, severity: .warning,
            confidence: coverage.confidence("this process closed working connections of one age, again and again"),
            headline: "The pool closed up to \(herd.mostClosed) of \(herd.connections) connections at once, \(age) old",
            subject: Subject(pool), firstSeen: herd.first.timestamp, lastSeen: herd.last.timestamp, count: herd.waves,
            evidence: [
                Evidence(
                    "\(ReadableText.count(herd.waves, "wave")) closed \(ReadableText.count(herd.closed, "connection")), each "
                        + "about \(age) old; the program dialled \(herd.dialled) right after them.",
                    measurements: [
                        Measurement("waves", .count(herd.waves)), Measurement("closed", .count(herd.closed)),
                        Measurement("redialled", .count(herd.dialled)), Measurement("age", .duration(herd.age)),
                        Measurement("connections", .count(herd.connections)),
                    ], events: [herd.first, herd.last])
            ],
            advice: "Spread the ends of the connections' lifetimes: use the pool's lifetime jitter (pgxpool: "
                + "MaxConnLifetimeJitter), or a lifetime that is longer and a pool that opens its connections one by one."
        )
    }
}
