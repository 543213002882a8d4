// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A lease that was acquired and never released: its connection is lost to the pool.
public struct LeaseLeakRule: Rule {
    public let id = "lease-leak"
    public let summary = "the program takes a connection and never returns it"

    /// The least age, and silence, of a leaked lease.
    static let age = Threshold<Duration>("lease-leak.age", .seconds(5))
    /// The least age as a multiple of the pool's p99 hold.
    static let holdFactor = Threshold<Double>("lease-leak.hold-factor", 20)
    /// Completed holds that a p99 needs; below, the longest hold stands for it.
    static let holdSamples = Threshold<UInt64>("lease-leak.hold-samples", 20)
    /// How long the socket must be silent when the holder has ended. Not zero: a release may be under way in another
    /// goroutine, as in `database/sql`, where cancelling a transaction's context releases it.
    static let endedSilence = Threshold<Duration>("lease-leak.ended-silence", .seconds(1))
    public let thresholds: [any ThresholdSetting] = [age, holdFactor, holdSamples, endedSilence]
    public let cutOffs: [CutOff.Kind] = [.pools]

    /// What is taken within this time is taken in one go, such as when a program warms up.
    private static let spread = Duration.seconds(1)
    /// Events of so many leases are cited; all of them are under `leases`.
    private static let cited = 3

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var findings: [Finding] = []
        var caveats = coverage.gaps
        var undecided: Reason?
        for pool in coverage.pools {
            let norm = HoldNorm(pool, thresholds)
            let open = analysis.openLeases.filter { $0.pool == pool.id }
            let judged = open.map { LeaseJudgement($0, of: pool, in: analysis, norm: norm, thresholds) }
            let leaked = judged.filter { $0.outcome == .leaked }
            for group in Self.bySite(leaked) {
                findings.append(finding(group, of: leaked, pool: pool, norm: norm, analysis))
            }
            caveats += Self.caveats(judged, pool: pool, analysis)
            if leaked.isEmpty, !open.isEmpty, analysis.duration < norm.threshold {
                let reason = Reason.tooShort(
                    "\(pool.name): the trace lasts \(ReadableText.duration(analysis.duration)); \(norm.text).")
                undecided = undecided ?? reason
                caveats.append(reason)
            }
        }
        let missing = Self.missing(coverage.pools, analysis)
        caveats += [missing].compactMap { $0 }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if let undecided { return RuleDecision(rule: id, verdict: .notEvaluated(reason: undecided)) }
        if let missing { return RuleDecision(rule: id, verdict: .notEvaluated(reason: missing)) }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    /// Why the trace may not have all leases, if it may not; `nil`: it has, as far as can be known.
    private static func missing(_ pools: [PoolSummary], _ analysis: TraceAnalysis) -> Reason? {
        let lost = analysis.lost([.poolAcquireEnd], since: analysis.startedAt)
        if lost > 0 {
            return .recordsLost(
                "Leases may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires or of unknown kind."
            )
        }
        guard let pool = pools.first(where: { $0.missedAcquires > 0 }) else { return nil }
        return .unknown(
            "\(pool.name): leases may be missing: the pool got \(ReadableText.count(pool.missedAcquires, "connection")) back "
                + "whose acquire is not in the trace.")
    }

    /// How many of a pool's open leases are leaked, for the rules that must tell a leak from a pool that is too small.
    static func leakedCount(of pool: PoolSummary, in analysis: TraceAnalysis, _ thresholds: Thresholds) -> UInt64 {
        let norm = HoldNorm(pool, thresholds)
        let open = analysis.openLeases.filter { $0.pool == pool.id }
        return UInt64(
            open.count { LeaseJudgement($0, of: pool, in: analysis, norm: norm, thresholds).outcome == .leaked })
    }

    /// By the application's frames of the acquiring stack, in the order of the oldest lease.
    private static func bySite(_ leaked: [LeaseJudgement]) -> [[LeaseJudgement]] {
        var order: [[StackFrame]] = []
        var groups: [[StackFrame]: [LeaseJudgement]] = [:]
        for judgement in leaked {
            let key = Array(judgement.lease.stack?.callers ?? [])
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(judgement)
        }
        return order.compactMap { groups[$0] }
    }

    private func finding(
        _ group: [LeaseJudgement], of leaked: [LeaseJudgement], pool: PoolSummary, norm: HoldNorm,
        _ analysis: TraceAnalysis
    ) -> Finding {
        let stack = group.first?.lease.stack
        let site = stack?.site?.function ?? "an unknown function"
        let count = UInt64(group.count)
        let acquired = group.map(\.lease.acquired.timestamp)
        let first = acquired.min() ?? analysis.startedAt
        let waiters = pool.waiters(from: first, to: analysis.endedAt)
        let books = pool.reconciliation
        // Those that went back are first of all those whose release may be among the lost records.
        let doubtful = leaked.count { $0.lostReleases > 0 }
        let excess = books.excessLeases - min(books.excessLeases, UInt64(doubtful))
        let confidence = group.map {
            LeakConfidence.of(
                $0, repeats: group.count, hasWaiters: !waiters.isEmpty, returns: SiteReturns(of: stack, in: pool),
                isSpread: (acquired.max() ?? first) - first >= Self.spread, excess: excess,
                leaked: leaked.count - doubtful)
        }.min { $0.level < $1.level }
        var evidence = [Evidence("Unusually long: \(norm.text).", events: Self.events(group))]
        evidence.append(
            PoolDemand(pool, over: analysis.duration).verdict(
                leaked: UInt64(leaked.count),
                isProven: books.excessLeases == 0 && !leaked.contains { $0.lostReleases > 0 }))
        if books.excessLeases > 0 {
            evidence.append(
                Evidence(
                    "The pool's own counters show fewer connections in use than the trace has open leases.",
                    measurements: [Measurement("excess_leases", .count(books.excessLeases))],
                    events: [books.event].compactMap { $0 }))
        }
        if group.contains(where: \.lease.isWitnessContrary) {
            evidence.append(
                Evidence("A holder used a socket other than the one that poolscope found from its connection."))
        }
        let level = confidence?.level ?? .unproven
        // By all that is seen it may be kept on purpose.
        let isKept = level == .medium && group.allSatisfy(\.hasEndedHolder)
        return Finding(
            rule: id, severity: level == .unproven || isKept ? .warning : .critical,
            confidence: confidence ?? Confidence(.unproven, because: "poolscope knows nothing of its leases"),
            headline: "\(ReadableText.count(count, "lease")) acquired by \(site) "
                + (count == 1 ? "was" : "were") + " never released",
            subject: Subject(pool), firstSeen: first, lastSeen: acquired.max() ?? first, count: count,
            evidence: evidence,
            stack: stack, leases: group.map(\.lease), waiters: waiters,
            advice: "In \(site), release the connection on every path, also on errors: close rows, answers and "
                + "clients, end transactions (`defer rows.Close()`, `defer tx.Rollback()`).")
    }

    /// The acquires, the last I/O, and what became of the holders.
    private static func events(_ group: [LeaseJudgement]) -> [EventReference] {
        group.prefix(cited).map(\.lease).flatMap { lease in
            [lease.acquired, lease.lastActivity, lease.condition.event].compactMap { $0 }
        }
    }

    private static func caveats(
        _ judged: [LeaseJudgement], pool: PoolSummary, _ analysis: TraceAnalysis
    ) -> [Reason] {
        var caveats: [Reason] = []
        let waiting = judged.filter { $0.outcome == .awaitingAnswer }
        if !waiting.isEmpty {
            caveats.append(
                .otherExplanation(
                    "\(pool.name): \(ReadableText.count(UInt64(waiting.count), "long lease")) not evaluated: "
                        + "\(waiting.count == 1 ? "it waits" : "they wait") for the answer to a request."))
        }
        let unknown = judged.filter { $0.outcome == .silenceUnknown }
        if !unknown.isEmpty {
            let reason =
                analysis.isTraced(.socketIO)
                ? "poolscope does not know the sockets" : "receives and sends were not traced"
            caveats.append(
                .unknown(
                    "\(pool.name): \(ReadableText.count(UInt64(unknown.count), "long lease")) not evaluated: \(reason), "
                        + "so poolscope cannot tell whether the connections are in use."))
        }
        if let before = pool.leasedBeforeTrace, before > 0 {
            caveats.append(
                .unknown(
                    "\(pool.name): the pool's own counters show \(ReadableText.count(before, "connection")) taken before recording "
                        + "began and not returned since; poolscope does not know who holds them."))
        }
        return caveats
    }
}
