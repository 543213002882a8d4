// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Which pools a rule can judge, and why not the others.
struct PoolCoverage {
    var pools: [PoolSummary] = []
    /// One for each pool that cannot be judged.
    var gaps: [Reason] = []
    /// Why no pool can be judged; `nil`: some can.
    var reason: Reason?

    /// - Parameter roles: The points that the rule needs, by role in the plan.
    init(_ analysis: TraceAnalysis, roles: [String]) {
        for pool in analysis.pools {
            if let gap = analysis.gap(inPointsOf: pool.id.adapterID, roles: roles).map(Reason.notTraced) {
                if !gaps.contains(gap) { gaps.append(gap) }
            } else {
                pools.append(pool)
            }
        }
        if !pools.isEmpty { return }
        if let gap = gaps.first {
            reason = gap
        } else if let plan = analysis.plan, plan.pools.isEmpty {
            reason = .nothingThere("No known pool library was found in the target.")
        } else {
            let idle = analysis.plan?.pools.compactMap { pool in
                analysis.gap(inPointsOf: pool.adapterID, roles: roles)
            }.first
            let lost = analysis.lost(
                [.poolAcquireBegin, .poolAcquireEnd, .poolRelease], since: analysis.startedAt)
            reason =
                idle.map(Reason.notTraced)
                ?? (lost == 0
                    ? .nothingThere("No pool was used during the trace.")
                    : .recordsLost(
                        "The trace shows no use of a pool, but poolscope lost \(ReadableText.count(lost, "record"))."))
        }
    }
}
