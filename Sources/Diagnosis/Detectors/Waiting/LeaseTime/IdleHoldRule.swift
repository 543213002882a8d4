// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Leases are held while their sockets do nothing: work is done, or another service called, with the connection in hand.
public struct IdleHoldRule: Rule {
    public let id = "idle-hold"
    public let summary = "a connection is held while its socket is idle"

    /// Leases shorter than this are not looked at.
    static let floor = Threshold<Duration>("idle-hold.floor", .milliseconds(100))
    /// The least share of the hold that the socket must be in use.
    static let share = Threshold<Double>("idle-hold.share", 0.2)
    /// Leases of one acquiring stack that make a habit.
    static let leases = Threshold<UInt64>("idle-hold.leases", 3)
    public let thresholds: [any ThresholdSetting] = [floor, share, leases]
    public let cutOffs: [CutOff.Kind] = [.pools]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")),
                caveats: coverage.gaps)
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        let findings = coverage.pools.flatMap { pool in
            Self.bySite(pool).compactMap { finding($0, pool: pool, lost: lost, analysis, thresholds) }
        }
        if findings.isEmpty, analysis.pools.allSatisfy({ $0.holds.count == 0 }) {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .nothingThere("No lease ended during the trace.")))
        }
        if findings.isEmpty, lost > 0 {
            let reason =
                "The use of sockets is not known: poolscope lost \(ReadableText.count(lost, "record")) of I/O "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: coverage.gaps)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: coverage.gaps)
    }

    private static func bySite(_ pool: PoolSummary) -> [SiteSummary] {
        var order: [[StackFrame]] = []
        var groups: [[StackFrame]: SiteSummary] = [:]
        for site in pool.sites where site.longLeases > 0 {
            let key = Array(site.stack?.callers ?? [])
            guard var group = groups[key] else {
                order.append(key)
                groups[key] = site
                continue
            }
            group.longLeases += site.longLeases
            group.longHold += site.longHold
            group.longSocketTime += site.longSocketTime
            group.othersWaited += site.othersWaited
            group.lastLong = site.lastLong ?? group.lastLong
            groups[key] = group
        }
        return order.compactMap { groups[$0] }
    }

    private func finding(
        _ site: SiteSummary, pool: PoolSummary, lost: UInt64, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        guard site.longLeases >= thresholds[Self.leases], site.longHold > .zero else { return nil }
        let share = site.longSocketTime / site.longHold
        guard share < thresholds[Self.share] else { return nil }
        let name = site.stack?.site?.function ?? "an unknown function"
        let first = site.firstLong?.timestamp ?? analysis.startedAt
        let evidence = Evidence(
            "\(ReadableText.count(site.longLeases, "lease")) of at least \(ReadableText.duration(thresholds[Self.floor])) "
                + "held connections for \(ReadableText.duration(site.longHold)) in all; the sockets were in use for "
                + "\(ReadableText.duration(site.longSocketTime)) of it (\(ReadableText.share(share))).",
            measurements: [
                Measurement("leases", .count(site.longLeases)), Measurement("hold", .duration(site.longHold)),
                Measurement("socket_time", .duration(site.longSocketTime)), Measurement("socket_share", .share(share)),
            ], events: [site.firstLong, site.lastLong].compactMap { $0 })
        let waited = Evidence(
            "Meanwhile other callers waited \(ReadableText.duration(site.othersWaited)) for the pool in all.",
            measurements: [Measurement("held_while_others_waited", .duration(site.othersWaited))])
        let isContended = site.othersWaited >= thresholds[PoolWaitRule.p99]
        return Finding(
            rule: id, severity: isContended ? .warning : .note,
            confidence: lost == 0
                ? Confidence(.high, because: "every receive and send of these leases is in the trace")
                : Confidence(.unproven, because: "I/O may be among \(ReadableText.count(lost, "lost record"))"),
            headline: "\(name) uses the connections that it holds \(ReadableText.share(share)) of the time",
            subject: Subject(pool), firstSeen: first, lastSeen: site.lastLong?.timestamp ?? first,
            count: site.longLeases,
            evidence: isContended ? [evidence, waited] : [evidence], stack: site.stack,
            advice: "In \(name), do the other work before acquiring or after releasing the connection.")
    }
}
