// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Acquires wait for a free connection.
public struct PoolWaitRule: Rule {
    public let id = "pool-wait"
    public let summary = "acquiring a connection waits for a free one"

    /// P99 of the waits.
    static let p99 = Threshold<Duration>("pool-wait.p99", .milliseconds(50))
    /// Waits in the busiest second.
    static let rate = Threshold<UInt64>("pool-wait.rate", 50)
    /// Waiters at one time.
    static let queue = Threshold<UInt64>("pool-wait.queue", 5)
    /// Waits longer than its p99 may be that make a habit.
    static let waits = Threshold<UInt64>("pool-wait.waits", 2)
    /// An acquire that takes at least this long has waited.
    static let counted = Threshold<Duration>("pool-wait.counted", .milliseconds(1))
    public let thresholds: [any ThresholdSetting] = [p99, rate, queue, waits, counted]
    public let cutOffs: [CutOff.Kind] = [.pools]
    public let illustrationCutOffs: [CutOff.Kind] = [.listedWaits, .blames]

    /// Fewer slow acquires that nothing explains are no habit.
    private static let leastWithRoom: UInt64 = 5

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        let findings = coverage.pools.compactMap { finding($0, analysis, thresholds) }
        let lost = Self.lost(analysis)
        if findings.isEmpty, lost > 0 {
            let reason =
                "Waits may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: coverage.gaps)
    }

    /// Waits for a connection of a full pool make its p99, and are more than a few.
    static func isSlow(_ pool: PoolSummary, _ thresholds: Thresholds) -> Bool {
        isHabit(pool.fullWaits?.slow ?? 0, of: pool, thresholds)
    }

    private static func isHabit(_ slow: UInt64, of pool: PoolSummary, _ thresholds: Thresholds) -> Bool {
        slow >= max(1, thresholds[Self.waits]) && Double(slow) * 100 > Double(pool.waits.count)
    }

    private func finding(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding? {
        if let waits = Self.provenWaits(pool),
            Self.isHabit(waits.slow, of: pool, thresholds) || waits.peakPerSecond > thresholds[Self.rate]
                || waits.peakQueue > thresholds[Self.queue]
        {
            return finding(waits, of: pool, analysis, thresholds)
        }
        guard pool.slowWaitsWithRoom >= Self.leastWithRoom,
            Self.isHabit(pool.slowWaitsWithRoom, of: pool, thresholds)
        else { return nil }
        return slowAcquires(pool, analysis, thresholds)
    }

    /// The pool counts those that queue, and by its count most of the waits of the trace did.
    private static func isCounted(_ pool: PoolSummary) -> Bool {
        guard let counted = pool.reconciliation.waits, pool.fullWaits != nil else { return false }
        return counted.growth > 0 && counted.growth >= pool.countedWaits
    }

    /// The waits that were for a connection; `nil`: there is no proof of any.
    private static func provenWaits(_ pool: PoolSummary) -> FullWaits? {
        guard var waits = pool.fullWaits else { return nil }
        if waits.count < pool.countedWaits, isCounted(pool) {
            waits.count = pool.countedWaits
            waits.slow &+= pool.slowWaitsWithRoom
            waits.longest = pool.waits.longest
            waits.longestEvent = pool.longestWait
            (waits.first, waits.last) = (pool.firstWait, pool.lastWait)
            waits.peakPerSecond = pool.peakWaitsPerSecond
            waits.peakQueue = pool.peakQueue
            waits.stillWaiting = pool.stillWaiting
        }
        return waits.count > 0 ? waits : nil
    }

    private func confidence(_ pool: PoolSummary, _ analysis: TraceAnalysis) -> Confidence {
        let lost = Self.lost(analysis)
        if lost > 0 {
            return Confidence(
                .unproven, because: "the ends of waits may be among \(ReadableText.count(lost, "lost record"))")
        }
        let excess = pool.reconciliation.excessLeases
        if excess > 0 {
            return Confidence(
                .unproven,
                because:
                    "the pool's own counters show that the program returned \(excess) of the leases that are open in the trace"
            )
        }
        if pool.fullWaits?.count == pool.countedWaits {
            return Confidence(.certain, because: "all connections of the pool were in use during each of these waits")
        }
        return Self.isCounted(pool)
            ? Confidence(.high, because: "the pool's own wait counter shows as many")
            : Confidence(.certain, because: "all connections of the pool were in use during each of these waits")
    }

    private static func lost(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost(
            [.poolAcquireBegin, .poolAcquireEnd, .poolRelease, .poolConnectionClose],
            since: analysis.startedAt)
    }

    private func finding(
        _ waits: FullWaits, of pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding {
        let leaked = LeaseLeakRule.leakedCount(of: pool, in: analysis, thresholds)
        let first = waits.first?.timestamp ?? analysis.startedAt
        return Finding(
            rule: id, severity: .warning, confidence: confidence(pool, analysis),
            headline: "\(ReadableText.count(waits.count, "acquire")) waited for a connection, "
                + "the longest for \(ReadableText.duration(waits.longest))",
            subject: Subject(pool), firstSeen: first, lastSeen: waits.last?.timestamp ?? first,
            count: waits.count, evidence: evidence(waits, pool, analysis, leaked),
            waiters: pool.waiters(from: analysis.startedAt, to: analysis.endedAt),
            advice: leaked > 0
                ? "Fix the leak first: a larger pool only fills later."
                : "Shorten the leases that others wait for, or raise the pool's maximum if the server allows it.")
    }

    private func evidence(
        _ waits: FullWaits, _ pool: PoolSummary, _ analysis: TraceAnalysis, _ leaked: UInt64
    ) -> [Evidence] {
        var evidence = [
            times(pool, event: waits.longestEvent),
            Evidence(
                Self.crowd(waits),
                measurements: [
                    Measurement("waits_per_second_peak", .count(waits.peakPerSecond)),
                    Measurement("queue_peak", .count(waits.peakQueue)),
                    Measurement("still_waiting", .count(waits.stillWaiting)),
                ], events: [waits.first, waits.last].compactMap { $0 }),
        ]
        if waits.count < pool.countedWaits {
            let others = pool.countedWaits - waits.count
            evidence.append(
                Evidence(
                    "\(ReadableText.count(others, "more acquire")) took as long although the pool had a free connection: "
                        + "they are not counted here.", measurements: [Measurement("slow_with_room", .count(others))]))
        }
        evidence += BlameEvidence.of(pool)
        evidence.append(
            PoolDemand(pool, over: analysis.duration).verdict(
                leaked: leaked,
                isProven: analysis.lost([.poolRelease, .poolConnectionClose], since: analysis.startedAt) == 0))
        return evidence
    }

    /// How many waited, in words. No number is zero: what did not happen is not told.
    private static func crowd(_ waits: FullWaits) -> String {
        var text = "At most \(ReadableText.count(waits.peakQueue, "caller")) waited at the same time"
        if waits.peakPerSecond > 1 { text += "; up to \(waits.peakPerSecond) waits began within one second" }
        if waits.stillWaiting > 0 { text += "; \(waits.stillWaiting) still waited when the trace ended" }
        return text + "."
    }

    private func times(_ pool: PoolSummary, event: EventReference?) -> Evidence {
        Evidence(
            "Wait p50 \(ReadableText.duration(pool.waits.p50)), p99 \(ReadableText.duration(pool.waits.p99)), "
                + "longest \(ReadableText.duration(pool.waits.longest)), over "
                + "\(ReadableText.count(pool.waits.count, "acquire")) that reused a connection.",
            measurements: [
                Measurement("wait_p50", .duration(pool.waits.p50)),
                Measurement("wait_p99", .duration(pool.waits.p99)),
                Measurement("wait_longest", .duration(pool.waits.longest)),
                Measurement("acquires", .count(pool.waits.count)),
            ], events: [event].compactMap { $0 })
    }

    /// Acquires took long, and nothing shows that they waited for others.
    private func slowAcquires(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding {
        let lost = Self.lost(analysis)
        let slow = pool.slowWaitsWithRoom
        let floor = ReadableText.duration(thresholds[Self.p99])
        let isKnown = pool.fullWaits != nil
        let text =
            isKnown
            ? "While they waited, fewer connections were in use than the pool may open"
                + (pool.audit?.maximumOpen.map { $0 == 0 ? ", which has no maximum." : " (\($0))." } ?? ".")
            : "poolscope does not know the pool's maximum, so it cannot tell whether all connections were in use."
        let first = pool.firstWait?.timestamp ?? analysis.startedAt
        return Finding(
            rule: id, severity: .note,
            confidence: lost == 0
                ? Confidence(
                    .medium,
                    because: isKnown
                        ? "another goroutine may have dialled meanwhile, or the pool may have checked the connection"
                        : "the acquire may have waited, another goroutine may have dialled, or the pool may have checked the connection"
                )
                : Confidence(
                    .unproven, because: "the ends of waits may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "\(ReadableText.count(slow, "acquire")) took longer than \(floor)"
                + (isKnown ? " although the pool had a free connection" : ""),
            subject: Subject(pool), firstSeen: first, lastSeen: pool.lastWait?.timestamp ?? first, count: slow,
            evidence: [
                times(pool, event: pool.longestWait),
                Evidence(
                    text, measurements: [Measurement("slow_with_room", .count(slow))],
                    events: [pool.audit?.event].compactMap { $0 }),
            ],
            advice:
                "Look at \"New connections\" for the time that dialling takes, and check whether the pool tests a connection before it "
                + "hands it out (TestOnBorrow, a ping after idleness).")
    }
}
