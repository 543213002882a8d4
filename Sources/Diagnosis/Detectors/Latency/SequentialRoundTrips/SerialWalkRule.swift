// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One request waits for the one before, a hundred times over.
public struct SerialWalkRule: Rule {
    public let id = "sequential-round-trips"
    public let formerID: String? = "serial-walk"
    public let summary = "many similar requests in a row, each after the answer to the one before (N+1 queries)"

    /// Round trips in a row.
    static let trips = Threshold<UInt64>("sequential-round-trips.trips", 50)
    /// What doing them at once would save.
    static let saved = Threshold<Duration>("sequential-round-trips.saved", .milliseconds(100))
    public let thresholds: [any ThresholdSetting] = [trips, saved]
    public let cutOffs: [CutOff.Kind] = [.pools, .serialWalks, .brokenWalks]

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
        let findings = analysis.results[SequentialRoundTrips.self].items.filter { $0.savable >= thresholds[Self.saved] }
            .compactMap { walk in
                coverage.pools.first { $0.id == walk.pool }.map { finding(walk, pool: $0, lost: lost) }
            }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: coverage.gaps) }
        if coverage.pools.allSatisfy({ $0.turnover.leases == 0 }) {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .unknown("poolscope knows the socket of no lease.")),
                caveats: coverage.gaps)
        }
        if lost > 0 {
            let reason = "Round trips may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: coverage.gaps)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: coverage.gaps)
    }

    private func finding(_ walk: SerialWalk, pool: PoolSummary, lost: UInt64) -> Finding {
        let site = walk.stack?.site?.function ?? "an unknown function"
        return Finding(
            rule: id, severity: .note,
            confidence: lost == 0
                ? Confidence(
                    .medium, because: "the requests have similar sizes; poolscope does not record what they ask for")
                : Confidence(.unproven, because: "the trace lacks \(ReadableText.count(lost, "record")) of I/O"),
            headline: "\(site) makes up to \(walk.longestTrips) similar round trips in a row",
            subject: Subject(pool), firstSeen: walk.begin.timestamp, lastSeen: walk.end.timestamp, count: walk.runs,
            evidence: [
                Evidence(
                    "\(ReadableText.count(walk.runs, "run")); the longest took "
                        + "\(ReadableText.duration(walk.longestTime)) for \(walk.longestTrips) requests, each sent right "
                        + "after the answer to the one before. Sent together, they would save at least "
                        + "\(ReadableText.duration(walk.savable)) over all runs.",
                    measurements: [
                        Measurement("runs", .count(walk.runs)), Measurement("trips", .count(walk.longestTrips)),
                        Measurement("took", .duration(walk.longestTime)),
                        Measurement("savable", .duration(walk.savable)),
                    ], events: [walk.begin, walk.end])
            ],
            stack: walk.stack,
            advice: "In \(site), request everything at once: one query with a list, a batch, or a pipeline.")
    }
}
