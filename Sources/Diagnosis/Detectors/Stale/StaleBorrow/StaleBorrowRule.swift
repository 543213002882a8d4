// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The pool hands out a connection that is already closed: the first query on it fails.
public struct StaleBorrowRule: Rule {
    public let id = "stale-borrow"
    public let summary = "the pool hands out a connection that is already closed"

    /// A peer that closed so shortly before the acquire closed at the same time.
    static let grace = Threshold<Duration>("stale-borrow.grace", .milliseconds(10))
    public let thresholds: [any ThresholdSetting] = [grace]
    public let cutOffs: [CutOff.Kind] = [.pools, .staleBorrows]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var caveats = coverage.gaps
        for pool in coverage.pools where pool.acquires > 0 && pool.turnover.leasesOfKnownState == 0 {
            caveats.append(.unknown("\(pool.name): poolscope knows the TCP state of none of its leases."))
        }
        let findings = analysis.staleBorrows.compactMap { borrow in
            coverage.pools.first { $0.id == borrow.pool }.map { finding(borrow, pool: $0, analysis) }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if coverage.pools.allSatisfy({ $0.turnover.leasesOfKnownState == 0 }) {
            let reason = caveats.last ?? .nothingThere("No connection was leased during the trace.")
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason))
        }
        let lost = analysis.lost([.poolAcquireEnd], since: analysis.startedAt)
        if lost > 0 {
            let reason = "Leases may be missing: poolscope lost \(ReadableText.count(lost, "record")) of acquires."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(_ borrow: StaleBorrow, pool: PoolSummary, _ analysis: TraceAnalysis) -> Finding {
        let site = borrow.stack?.site?.function ?? "an unknown function"
        let isPeer = borrow.state == 8
        let name = Self.stateNames[borrow.state] ?? "state \(borrow.state)"
        var text = "The socket was in \(name) at the acquire"
        if let after = borrow.longestAfterClose {
            text += ", up to \(ReadableText.duration(after)) after the peer closed"
        }
        if let endpoint = borrow.endpoint { text += ", to \(endpoint)" }
        if borrow.unanswered > 0 {
            text += "; \(borrow.unanswered) of \(ReadableText.count(borrow.leases, "lease")) ended without an answer"
        }
        text += "."
        var measurements = [
            Measurement("leases", .count(borrow.leases)), Measurement("unanswered", .count(borrow.unanswered)),
        ]
        if let after = borrow.longestAfterClose { measurements.append(Measurement("after_close", .duration(after))) }
        return Finding(
            rule: id, severity: .warning,
            confidence: Confidence(.certain, because: "the kernel showed the state of the socket at the acquire"),
            headline: "\(ReadableText.count(borrow.leases, "lease")) of \(site) began on a connection that "
                + (isPeer ? "the peer had closed" : "was closed"),
            subject: Subject(pool), firstSeen: borrow.events.first?.timestamp ?? analysis.startedAt,
            lastSeen: borrow.last.timestamp, count: borrow.leases,
            evidence: [Evidence(text, measurements: measurements, events: borrow.events)], stack: borrow.stack,
            advice: isPeer
                ? "Set the pool's maximum idle time below that of the server or proxy, or let the pool test idle connections "
                    + "before it hands them out."
                : "Look for code that closes a connection and still gives it back to the pool.")
    }

    /// include/net/tcp_states.h.
    private static let stateNames: [UInt16: String] = [
        4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 11: "CLOSING",
    ]
}
