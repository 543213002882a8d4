// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All connections of a pool are leased, and others wait.
public struct PoolExhaustedRule: Rule {
    public let id = "pool-exhausted"
    public let summary = "every connection is leased while others wait"

    public let cutOffs: [CutOff.Kind] = [.pools]
    public let illustrationCutOffs: [CutOff.Kind] = [.listedWaits, .blames]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var caveats = coverage.gaps
        var findings: [Finding] = []
        var decided = 0
        for pool in coverage.pools {
            guard let limit = pool.audit?.maximumOpen else {
                caveats.append(
                    .unknown(
                        "\(pool.name): poolscope could not read its maximum, so it cannot tell when the pool is full."))
                continue
            }
            decided += 1
            if limit > 0, let finding = finding(pool, limit: limit, analysis, thresholds) { findings.append(finding) }
        }
        if decided == 0 {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: caveats.last ?? .nothingThere("No pool was used.")))
        }
        let lost = lostRecords(analysis)
        if findings.isEmpty, lost > 0 {
            let reason =
                "The number of leases is not known: poolscope lost \(ReadableText.count(lost, "record")) of pools "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private func lostRecords(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost(
            [.poolAcquireBegin, .poolAcquireEnd, .poolRelease, .poolConnectionClose],
            since: analysis.startedAt)
    }

    private func finding(
        _ pool: PoolSummary, limit: UInt64, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        let before = pool.leasedBeforeTrace ?? 0
        let full = pool.contention.filter { $0.inUse >= limit || limit - $0.inUse <= before }
        guard let first = full.map(\.first).min(), let last = full.map(\.last).max() else { return nil }
        let time = full.reduce(Duration.zero) { $0 + $1.time }
        let queue = full.map(\.peakQueue).max() ?? 0
        let lost = lostRecords(analysis)
        let isLong = pool.fullWaits?.longest ?? .zero >= thresholds[PoolWaitRule.p99]
        let leaked = LeaseLeakRule.leakedCount(of: pool, in: analysis, thresholds)
        var evidence = [
            Evidence(
                "\(Self.all(limit)) leased and up to \(queue) waited, for "
                    + "\(ReadableText.duration(time)) in sum.",
                measurements: [
                    Measurement("maximum_open", .count(limit)), Measurement("queue_peak", .count(queue)),
                    Measurement("exhausted", .duration(time)),
                ], events: full.map(\.event) + [pool.audit?.event].compactMap { $0 })
        ]
        evidence += holders(pool) + BlameEvidence.of(pool)
        evidence.append(
            PoolDemand(pool, over: analysis.duration).verdict(
                leaked: leaked, isProven: lost == 0 && pool.reconciliation.excessLeases == 0))
        return Finding(
            rule: id, severity: isLong ? .warning : .note,
            confidence: confidence(pool, lost: lost),
            headline: "\(Self.all(limit)) leased for \(ReadableText.duration(time)) while others waited",
            subject: Subject(pool), firstSeen: first, lastSeen: last, count: UInt64(full.count), evidence: evidence,
            waiters: pool.waiters(from: first, to: analysis.endedAt),
            advice: leaked > 0
                ? "Fix the leak first: the pool lacks the leaked connections."
                : "Look at the leases above, the longest first; then at the pool's maximum.")
    }

    private static func all(_ limit: UInt64) -> String {
        limit == 1 ? "The only connection was" : "All \(limit) connections were"
    }

    private func confidence(_ pool: PoolSummary, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(.unproven, because: "releases may be among \(ReadableText.count(lost, "lost record"))")
        }
        let excess = pool.reconciliation.excessLeases
        if excess > 0 {
            return Confidence(
                .unproven,
                because:
                    "the pool's own counters show that the program returned \(excess) of the leases that are open in the trace"
            )
        }
        return Confidence(.certain, because: "leases, waits and the pool's own maximum agree")
    }

    /// Who held the connections that others waited for, by call site: at most five.
    private func holders(_ pool: PoolSummary) -> [Evidence] {
        let sites = pool.sites.enumerated().filter { $0.element.othersWaited > .zero }
            .sorted { ($1.element.othersWaited, $0.offset) < ($0.element.othersWaited, $1.offset) }
        return sites.prefix(5).map { _, site in
            let name = site.stack?.site?.function ?? "an unknown function"
            var text =
                "\(name): \(ReadableText.count(site.acquires, "lease"))\(site.openLeases > 0 ? ", \(site.openLeases) still open" : ""), held while "
                + "others waited \(ReadableText.duration(site.othersWaited)) in all"
            var measurements = [
                Measurement("leases", .count(site.acquires)), Measurement("open_leases", .count(site.openLeases)),
                Measurement("held_while_others_waited", .duration(site.othersWaited)),
            ]
            if site.longHold > .zero {
                let share = site.longSocketTime / site.longHold
                text += "; the socket was in use for \(ReadableText.share(share)) of its long leases"
                measurements.append(Measurement("socket_share", .share(share)))
            }
            return Evidence(text + ".", measurements: measurements)
        }
    }
}
