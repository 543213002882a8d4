// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Several pools of one process share a server, and the split does harm: one waits while another has room, or there are
/// so many that nobody can have meant it.
public struct PoolSplitRule: Rule {
    public let id = "pool-split"
    public let summary = "several pools connect to one server, and nobody set their total"

    /// Pools of one library to one endpoint, one of which waits.
    static let pools = Threshold<UInt64>("pool-split.pools", 2)
    /// So many are made by accident, whether one waits or not.
    static let many = Threshold<UInt64>("pool-split.many", 8)
    public let thresholds: [any ThresholdSetting] = [pools, many]
    public let cutOffs: [CutOff.Kind] = [.pools, .poolEndpoints]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var caveats = coverage.gaps
        let used = coverage.pools.filter { $0.acquires > 0 }
        for pool in used where pool.endpoints.isEmpty {
            caveats.append(.unknown("\(pool.name): poolscope does not know its server."))
        }
        let groups = Self.groups(used)
        let findings = groups.compactMap { endpoint, pools in finding(pools, endpoint, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if used.isEmpty {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .nothingThere("No connection was leased during the trace.")))
        }
        if used.allSatisfy({ $0.endpoints.isEmpty }), let last = caveats.last {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: last))
        }
        let lost = Self.lost(analysis)
        if lost > 0 {
            let reason = "Pools may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func lost(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost([.poolAcquireBegin, .poolAcquireEnd], since: analysis.startedAt)
    }

    /// Pools of one library by the server that they use most, in the order of the pools.
    private static func groups(_ pools: [PoolSummary]) -> [(Endpoint, [PoolSummary])] {
        var order: [Endpoint] = []
        var groups: [Endpoint: [PoolSummary]] = [:]
        for pool in pools {
            guard let endpoint = pool.endpoints.first else { continue }
            if groups[endpoint] == nil { order.append(endpoint) }
            groups[endpoint, default: []].append(pool)
        }
        return order.flatMap { endpoint -> [(Endpoint, [PoolSummary])] in
            let members = groups[endpoint] ?? []
            let adapters = Set(members.map(\.id.adapterID)).sorted()
            return adapters.map { adapter in (endpoint, members.filter { $0.id.adapterID == adapter }) }
        }
    }

    private func finding(
        _ pools: [PoolSummary], _ endpoint: Endpoint, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        let others = analysis.otherPools.flatMap { others in
            pools.first.flatMap { others.isOf($0.id.adapterID, endpoint: endpoint) ? others : nil }
        }
        let count = UInt64(pools.count) &+ (others?.count ?? 0)
        let number = others?.isCountExact == false ? "More than \(count)" : "\(count)"
        guard count >= max(2, thresholds[Self.pools]) else { return nil }
        let starved = pools.filter { PoolWaitRule.isSlow($0, thresholds) && Self.isFull($0) }
        let roomy = pools.filter { pool in Self.limit(pool).map { pool.peakInUse < $0 } ?? false }
        let isHarmful = !starved.isEmpty && !roomy.isEmpty
        guard isHarmful || count >= thresholds[Self.many] else { return nil }
        let peaks = pools.reduce(UInt64(0)) { $0 &+ $1.peakInUse }
        let list = pools.prefix(8).map { pool in
            "\(pool.name) \(pool.peakInUse) of \(Self.limit(pool).map(String.init) ?? "no limit")"
        }.joined(separator: ", ")
        var evidence = [
            Evidence(
                "Peak leases against each maximum: \(list)\(count > 8 ? ", ..." : ""); \(peaks) in all.",
                measurements: [
                    Measurement("pools", .count(count)), Measurement("peak_leases_sum", .count(peaks)),
                ], events: pools.compactMap(\.audit?.event).prefix(10).map { $0 })
        ]
        if isHarmful, let worst = starved.max(by: { $0.waits.p99 < $1.waits.p99 }), let spare = roomy.first {
            evidence.append(
                Evidence(
                    "\(worst.name) was full and made its callers wait for \(ReadableText.duration(worst.waits.p99)) "
                        + "(p99), while \(spare.name) never used more than \(spare.peakInUse) connections.",
                    measurements: [Measurement("wait_p99", .duration(worst.waits.p99))],
                    events: [worst.longestWait].compactMap { $0 }))
        }
        let lost = Self.lost(analysis)
        return Finding(
            rule: id, severity: .note,
            confidence: lost == 0
                ? Confidence(.high, because: "each pool's leases and its own maximum are in the trace")
                : Confidence(.unproven, because: "poolscope lost \(ReadableText.count(lost, "record")) of acquires"),
            headline: isHarmful
                ? "\(number) pools share \(endpoint), and one waits while another has free connections"
                : "The program made \(number) pools of one library for \(endpoint)",
            subject: .endpoint(endpoint), firstSeen: analysis.startedAt, lastSeen: analysis.endedAt, count: count,
            evidence: evidence,
            advice: isHarmful
                ? "Move connections from the pool with free connections to the one that waits, or merge them."
                : "Create the pool once and keep it; look for code that creates one for each request or tenant.")
    }

    private static func limit(_ pool: PoolSummary) -> UInt64? {
        pool.audit?.maximumOpen.flatMap { $0 == 0 ? nil : $0 }
    }

    private static func isFull(_ pool: PoolSummary) -> Bool {
        limit(pool).map { pool.peakInUse &+ (pool.leasedBeforeTrace ?? 0) >= $0 } ?? false
    }
}
