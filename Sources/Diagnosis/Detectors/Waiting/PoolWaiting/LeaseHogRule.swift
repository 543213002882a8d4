// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Few long leases of one call site take most of the pool's time, and the others wait for them.
public struct LeaseHogRule: Rule {
    public let id = "lease-hog"
    public let summary = "long leases of one call site starve the others"

    /// The share of all holds that one call site has.
    static let share = Threshold<Double>("lease-hog.share", 0.5)
    /// Its mean hold as a multiple of that of the other call sites.
    static let ratio = Threshold<Double>("lease-hog.ratio", 5)
    /// How long others waited while it held connections.
    static let waited = Threshold<Duration>("lease-hog.waited", .seconds(1))
    public let thresholds: [any ThresholdSetting] = [share, ratio, waited]
    public let cutOffs: [CutOff.Kind] = [.pools]
    public let illustrationCutOffs: [CutOff.Kind] = [.blames]
    /// Fewer leases of the others make no mean.
    private static let leastOthers: UInt64 = 5

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        let findings = coverage.pools.compactMap { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.gaps) }
        if coverage.pools.allSatisfy({ $0.holds.count == 0 }) {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .nothingThere("No lease ended during the trace.")))
        }
        let lost = Self.lost(analysis)
        if lost > 0 {
            let reason = "Holds may be missing: poolscope lost \(ReadableText.count(lost, "record")) of leases."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: coverage.gaps)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: coverage.gaps)
    }

    private static func lost(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost(
            [.poolAcquireBegin, .poolAcquireEnd, .poolRelease, .poolConnectionClose],
            since: analysis.startedAt)
    }

    private func finding(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding? {
        let sites = SiteGroup.all(of: pool)
        guard let hog = sites.max(by: { $0.hold < $1.hold }), hog.hold > .zero, hog.completed > 0 else { return nil }
        let othersHold = pool.holds.total - hog.hold
        let others = pool.holds.count &- min(hog.completed, pool.holds.count)
        guard others >= Self.leastOthers, othersHold > .zero else { return nil }
        let share = hog.hold / pool.holds.total
        let othersMean = Duration.nanoseconds(othersHold.wholeNanoseconds / Int64(clamping: others))
        guard share > thresholds[Self.share], hog.othersWaited >= thresholds[Self.waited],
            hog.meanHold / max(.nanoseconds(1), othersMean) >= thresholds[Self.ratio]
        else { return nil }
        // Who waited must be somebody else, and long enough to be felt.
        let key = Array(hog.stack?.callers ?? [])
        let waiters = pool.waiters(from: analysis.startedAt, to: analysis.endedAt)
            .filter { Array($0.stack?.callers ?? []) != key }
        guard waiters.contains(where: { $0.longest >= thresholds[PoolWaitRule.p99] }) else { return nil }
        let lost = Self.lost(analysis)
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(.high, because: "every lease and wait of the pool was measured")
                : Confidence(.unproven, because: "releases may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "\(hog.name) takes \(ReadableText.share(share)) of all hold time with "
                + "\(hog.completed) of \(ReadableText.count(pool.holds.count, "lease")), while others wait",
            subject: Subject(pool), firstSeen: analysis.startedAt, lastSeen: analysis.endedAt, count: hog.completed,
            evidence: evidence(hog, pool, share: share, othersMean: othersMean), stack: hog.stack, waiters: waiters,
            advice: "Shorten the leases of \(hog.name), or give that work a pool of its own.")
    }

    private func evidence(
        _ hog: SiteGroup, _ pool: PoolSummary, share: Double, othersMean: Duration
    ) -> [Evidence] {
        [
            Evidence(
                "\(hog.name) holds a connection for \(ReadableText.duration(hog.meanHold)) on average, at most "
                    + "\(ReadableText.duration(hog.longestHold)); the others for "
                    + "\(ReadableText.duration(othersMean)). The pool's p99 hold is "
                    + "\(ReadableText.duration(pool.holds.p99)).",
                measurements: [
                    Measurement("hold_share", .share(share)), Measurement("mean_hold", .duration(hog.meanHold)),
                    Measurement("others_mean_hold", .duration(othersMean)),
                    Measurement("longest", .duration(hog.longestHold)),
                    Measurement("hold_p99", .duration(pool.holds.p99)),
                ], events: [pool.longestWait].compactMap { $0 }),
            Evidence(
                "While it held connections, other callers waited \(ReadableText.duration(hog.othersWaited)) for the pool in all.",
                measurements: [Measurement("held_while_others_waited", .duration(hog.othersWaited))]),
        ]
    }
}
