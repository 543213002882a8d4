// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A lease is on a connection that this process has closed itself.
public struct UseAfterCloseRule: Rule {
    public let id = "use-after-close"
    public let summary = "this process closes connections while they are leased, or before"

    /// Leases of one pool.
    static let leases = Threshold<UInt64>("use-after-close.leases", 1)
    public let thresholds: [any ThresholdSetting] = [leases]
    public let cutOffs: [CutOff.Kind] = [.pools]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        guard analysis.isTraced(.socketClose) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Closes of sockets were not traced.")),
                caveats: coverage.gaps)
        }
        var caveats = coverage.gaps
        let findings = analysis.results[UseAfterCloseMeter.self].items.filter {
            $0.leases >= max(1, thresholds[Self.leases])
        }
        .compactMap { use -> Finding? in
            guard let pool = coverage.pools.first(where: { $0.id == use.pool }) else { return nil }
            if use.how == .closedByPool, analysis.traits(of: use.pool).closesToCancel { return nil }
            return finding(use, pool: pool, analysis)
        }
        if analysis.results[UseAfterCloseMeter.self].unlisted > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.results[UseAfterCloseMeter.self].unlisted, "more lease")) not evaluated."
                ))
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if coverage.pools.allSatisfy({ $0.turnover.leases == 0 }) {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .unknown("poolscope knows the socket of no lease.")),
                caveats: caveats)
        }
        let lost = analysis.lost([.poolAcquireEnd, .socketClose], since: analysis.startedAt)
        if lost > 0 {
            let reason =
                "Closes may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires or closes."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(_ use: UseAfterClose, pool: PoolSummary, _ analysis: TraceAnalysis) -> Finding {
        let site = use.stack?.site?.function ?? "an unknown function"
        let number = ReadableText.count(use.leases, "lease")
        return Finding(
            rule: id, severity: .warning, confidence: confidence(use, pool, analysis),
            headline: Self.headline(use, number, site), subject: Subject(pool), firstSeen: use.first,
            lastSeen: use.last,
            count: use.leases,
            evidence: [
                Evidence(
                    Self.text(use, number),
                    measurements: [
                        Measurement("leases", .count(use.leases)), Measurement("closers", .count(use.closers)),
                        Measurement("after_close", .duration(use.longest)),
                    ], events: use.events)
            ],
            stack: use.stack,
            advice: use.how == .handedOutClosed
                ? "Look for code that closes idle connections behind the pool's back, such as an eviction timer: let the pool do "
                    + "it (its maximum idle time), or take the connection out of the pool first."
                : "Look for code that closes connections which it has not leased, such as an eviction timer or a watchdog: it "
                    + "must not close what is leased.")
    }

    private static func headline(_ use: UseAfterClose, _ number: String, _ site: String) -> String {
        switch use.how {
        case .closedWhileLeased, .closedByPool:
            "\(number), of \(site) and others, lost the connection to a close by this process"
        case .handedOutClosed: "\(number), of \(site) and others, began on a connection that this process had closed"
        }
    }

    private static func text(_ use: UseAfterClose, _ number: String) -> String {
        let closers = ReadableText.count(use.closers, "goroutine or thread")
        let endpoint = use.endpoint.map { " to \($0)" } ?? ""
        let longest = ReadableText.duration(use.longest)
        let lease = use.leases == 1 ? "the lease" : "the leases"
        switch use.how {
        case .closedWhileLeased:
            return
                "\(closers) closed the established connections\(endpoint) of \(number) without holding \(lease); "
                + "no request was outstanding."
        case .closedByPool:
            return
                "\(closers) closed the connections\(endpoint) of \(number) with the pool's own function, without holding "
                + "\(lease); the holders returned them up to \(longest) later."
        case .handedOutClosed:
            return
                "\(number) got connections\(endpoint) that \(closers) had closed up to \(longest) before, while they were idle in "
                + "the pool; \(lease) sent and received nothing."
        }
    }

    private func confidence(_ use: UseAfterClose, _ pool: PoolSummary, _ analysis: TraceAnalysis) -> Confidence {
        let lost = analysis.lost(
            [.poolRelease, .poolAcquireEnd, .poolConnectionClose], since: analysis.startedAt)
        if lost > 0 {
            return Confidence(.unproven, because: "poolscope lost \(ReadableText.count(lost, "record")) of the pool")
        }
        switch use.how {
        case .closedWhileLeased:
            return Confidence(
                .high,
                because: "the closer closed several connections that others had leased, and the pool is still in use")
        case .closedByPool:
            return Confidence(.certain, because: "the holder returned a connection that the pool had closed")
        case .handedOutClosed:
            return Confidence(.certain, because: "the connection's descriptor was closed at the acquire")
        }
    }
}
