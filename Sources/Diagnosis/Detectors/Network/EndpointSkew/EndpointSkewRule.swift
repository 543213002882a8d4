// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One shard or replica gets most of a pool's load.
public struct EndpointSkewRule: Rule {
    public let id = "endpoint-skew"
    public let summary = "one server of a pool gets most of the load"

    /// Endpoints of one pool.
    static let endpoints = Threshold<UInt64>("endpoint-skew.endpoints", 3)
    /// Leases of the pool.
    static let leases = Threshold<UInt64>("endpoint-skew.leases", 100)
    /// Standard deviation over mean of the leases by endpoint.
    static let deviation = Threshold<Double>("endpoint-skew.deviation", 0.8)
    /// One endpoint's leases as a multiple of its fair share.
    static let share = Threshold<Double>("endpoint-skew.share", 3)
    public let thresholds: [any ThresholdSetting] = [endpoints, leases, deviation, share]
    public let cutOffs: [CutOff.Kind] = [.pools, .poolEndpoints]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        let pools = coverage.pools.filter {
            analysis.keepsConnections($0) && !analysis.traits(of: $0.id).spreadsOverHosts
        }
        let findings = pools.compactMap { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.gaps) }
        if pools.allSatisfy({ $0.endpointUses.isEmpty }) {
            let reason: Reason =
                pools.isEmpty
                ? .nothingThere("No pool has servers that share its load.")
                : .unknown("poolscope knows the server of no lease that ended.")
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), caveats: coverage.gaps)
        }
        let lost = Self.lost(analysis)
        let least = Int(clamping: thresholds[Self.endpoints])
        if lost > 0, pools.contains(where: { $0.endpointUses.count >= least }) {
            let reason = "Leases may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: coverage.gaps)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: coverage.gaps)
    }

    private static func lost(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost([.poolAcquireEnd, .poolRelease], since: analysis.startedAt)
    }

    private func finding(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding? {
        let uses = Self.concurrent(pool)
        let leases = uses.reduce(UInt64(0)) { $0 &+ $1.leases }
        guard uses.count >= Int(clamping: max(2, thresholds[Self.endpoints])),
            leases >= thresholds[Self.leases], let busiest = uses.first
        else { return nil }
        let mean = Double(leases) / Double(uses.count)
        let variance = uses.reduce(0.0) { $0 + (Double($1.leases) - mean) * (Double($1.leases) - mean) }
        let deviation = (variance / Double(uses.count)).squareRoot() / mean
        let multiple = Double(busiest.leases) / mean
        guard deviation > thresholds[Self.deviation] || multiple > thresholds[Self.share] else {
            return nil
        }
        let share = Double(busiest.leases) / Double(leases)
        let list = uses.prefix(5).map { "\($0.endpoint) \($0.leases)" }.joined(separator: ", ")
        let lost = Self.lost(analysis)
        return Finding(
            rule: id, severity: .note,
            confidence: lost == 0
                ? Confidence(.high, because: "every lease of the pool with a known server was counted")
                : Confidence(.unproven, because: "poolscope lost \(ReadableText.count(lost, "record")) of leases"),
            headline: "\(busiest.endpoint) gets \(ReadableText.share(share)) of the load on "
                + "\(uses.count) servers",
            subject: Subject(pool), firstSeen: busiest.first.timestamp, lastSeen: busiest.last.timestamp,
            count: busiest.leases,
            evidence: [
                Evidence(
                    "Leases: \(list)\(uses.count > 5 ? ", ..." : ""). The busiest has "
                        + "\(ReadableText.number(multiple)) times its fair share; the standard deviation is "
                        + "\(ReadableText.number(deviation)) of the mean.",
                    measurements: [
                        Measurement("leases", .count(leases)), Measurement("servers", .count(UInt64(uses.count))),
                        Measurement("busiest_share", .share(share)), Measurement("deviation", .share(deviation)),
                    ], events: [busiest.first, busiest.last])
            ],
            advice: "Look at how keys or requests are spread over the servers: a hot key, a host that is always first."
        )
    }

    /// Servers that were used side by side, over half of the pool's time at least: a failover is no skew.
    private static func concurrent(_ pool: PoolSummary) -> [EndpointUse] {
        guard let first = pool.endpointUses.map(\.first.timestamp).min(),
            let last = pool.endpointUses.map(\.last.timestamp).max()
        else { return [] }
        let half = Duration.nanoseconds((last - first).wholeNanoseconds / 2)
        return pool.endpointUses.filter { $0.last.timestamp - $0.first.timestamp >= half }
    }
}
