// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Acquires wait for a free connection.
public struct PoolWaitRule: Rule {
    public let id = "pool-wait"
    public let summary = "acquiring a connection waits for a free one"

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        let findings = coverage.pools.compactMap { finding($0, analysis, thresholds) }
        let lost = analysis.lost(["pool_acquire_begin", "pool_acquire_end"], since: analysis.startedAt)
        if findings.isEmpty, lost > 0 {
            let reason =
                "Waits may be missing: \(ReadableText.count(lost, "record")) of acquires or of unknown kind were lost."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason))
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), limits: coverage.gaps)
    }

    private func finding(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding? {
        let isSlow = pool.waits.p99 > thresholds.poolWaitP99
        let isFrequent = pool.peakWaitsPerSecond > thresholds.poolWaitRate
        let isQueue = pool.peakQueue > thresholds.poolWaitQueue
        guard isSlow || isFrequent || isQueue else { return nil }
        let lost = analysis.lost(["pool_acquire_begin", "pool_acquire_end"], since: analysis.startedAt)
        let confidence =
            lost == 0
            ? Confidence(.certain, because: "each wait was measured from request to lease")
            : Confidence(.unproven, because: "\(ReadableText.count(lost, "record")) lost may hold the ends of waits")
        let leaked = LeaseLeakRule.leakedCount(of: pool, in: analysis, thresholds)
        let longest = ReadableText.duration(pool.waits.longest)
        let first = pool.firstWait?.timestamp ?? analysis.startedAt
        return Finding(
            rule: id, severity: .warning, confidence: confidence,
            headline: "\(ReadableText.count(pool.countedWaits, "acquire")) waited for a connection, "
                + "the longest for \(longest)",
            subject: pool.name, firstSeen: first, lastSeen: pool.lastWait?.timestamp ?? first,
            count: pool.countedWaits, evidence: evidence(pool, analysis, leaked),
            waiters: pool.waiters(from: analysis.startedAt, to: analysis.endedAt),
            advice: advice(leaked))
    }

    private func evidence(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ leaked: UInt64) -> [Evidence] {
        var evidence = [
            Evidence(
                "Wait p50 \(ReadableText.duration(pool.waits.p50)), p99 \(ReadableText.duration(pool.waits.p99)), "
                    + "longest \(ReadableText.duration(pool.waits.longest)), over "
                    + "\(ReadableText.count(pool.waits.count, "acquire")) that did not dial.",
                measurements: [
                    Measurement("wait_p50", .duration(pool.waits.p50)),
                    Measurement("wait_p99", .duration(pool.waits.p99)),
                    Measurement("wait_longest", .duration(pool.waits.longest)),
                    Measurement("acquires", .count(pool.waits.count)),
                ], events: [pool.longestWait].compactMap { $0 }),
            Evidence(
                "Up to \(ReadableText.count(pool.peakWaitsPerSecond, "wait")) a second and \(pool.peakQueue) at one time; "
                    + "\(pool.stillWaiting) had not ended when the trace did.",
                measurements: [
                    Measurement("waits_per_second_peak", .count(pool.peakWaitsPerSecond)),
                    Measurement("queue_peak", .count(pool.peakQueue)),
                    Measurement("still_waiting", .count(pool.stillWaiting)),
                ], events: [pool.firstWait, pool.lastWait].compactMap { $0 }),
        ]
        evidence += BlameEvidence.of(pool)
        evidence.append(
            PoolDemand(pool, over: analysis.duration).verdict(
                leaked: leaked,
                isProven: analysis.lost(["pool_release", "pool_connection_close"], since: analysis.startedAt) == 0))
        return evidence
    }

    private func advice(_ leaked: UInt64) -> String {
        leaked > 0
            ? "Fix the leak first: a larger pool only delays the same end."
            : "Shorten the leases that others wait for, or raise the pool's maximum if the server allows it."
    }
}
