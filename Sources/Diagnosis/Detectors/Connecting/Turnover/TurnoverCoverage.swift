// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Whether a trace shows how pools' connections come and go.
struct TurnoverCoverage {
    var pools: [PoolSummary] = []
    var caveats: [Reason] = []
    /// Why no pool can be judged; `nil`: some can.
    var reason: Reason?
    let lost: UInt64

    init(_ analysis: TraceAnalysis) {
        let coverage = PoolCoverage(analysis, roles: ["acquire_end", "release"])
        lost = analysis.lost(
            [.poolAcquireEnd, .poolRelease, .socketOpen, .socketClose], since: analysis.startedAt)
        reason = coverage.reason
        caveats = coverage.gaps
        if reason != nil { return }
        for kind in [RecordKind.socketOpen, .socketClose] where !analysis.isTraced(kind) {
            reason = .notTraced("Opened and closed sockets were not traced.")
            return
        }
        for pool in coverage.pools {
            if !analysis.keepsConnections(pool) {
                caveats.append(.otherExplanation("\(pool.name): by design, each of its leases opens a new connection."))
                continue
            }
            // Half of the leases without a socket, and the count of connections is anybody's guess.
            if pool.turnover.leases > 0, pool.turnover.leases * 2 >= pool.holds.count {
                pools.append(pool)
            } else if pool.acquires > 0 {
                caveats.append(.unknown("\(pool.name): poolscope does not know the sockets of most of its leases."))
            }
        }
        if pools.isEmpty { reason = caveats.last ?? .nothingThere("No connection was leased during the trace.") }
    }

    /// The decision, where nothing was found.
    func decision(_ rule: String) -> RuleDecision {
        if lost > 0 {
            let reason =
                "Connections may be missing: poolscope lost \(ReadableText.count(lost, "record")) of leases or sockets."
            return RuleDecision(rule: rule, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: rule, verdict: .clean, caveats: caveats)
    }

    func confidence(_ reason: String) -> Confidence {
        lost == 0
            ? Confidence(.high, because: reason)
            : Confidence(.unproven, because: "leases or closes may be among \(ReadableText.count(lost, "lost record"))")
    }
}
