// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peer is alive, it acknowledges, but it answers nobody for a while.
public struct SilentStallRule: Rule {
    public let id = "silent-stall"
    public let summary = "a server accepts requests and answers none of them for a while"

    /// How long nobody is answered.
    static let wait = Threshold<Duration>("silent-stall.wait", .milliseconds(200))
    /// And against the p99 of the endpoint's round trips.
    static let factor = Threshold<Double>("silent-stall.factor", 5)
    /// Round trips that a p99 needs.
    static let roundTrips = Threshold<UInt64>("silent-stall.round-trips", 100)
    /// Connections that wait at one time.
    static let connections = Threshold<UInt64>("silent-stall.connections", 2)
    public let thresholds: [any ThresholdSetting] = [wait, factor, roundTrips, connections]
    /// Who waits for more than this part of the time waits on purpose.
    private static let greatestShare = 2

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        let caveats = caveats(analysis, thresholds)
        let findings = analysis.results[SilentStall.self].items.filter { $0.stalls > 0 && !Self.isOnPurpose($0) }
            .map { finding($0, lost: analysis.lost([.socketIO], since: analysis.startedAt, withSums: false)) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        guard
            analysis.results[SilentStall.self].items.contains(where: {
                $0.roundTrips.count >= thresholds[Self.roundTrips]
            })
        else {
            let reason =
                "No server answered \(thresholds[Self.roundTrips]) requests: poolscope does not know how long an answer takes."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooFew(reason)), caveats: caveats)
        }
        if lost > 0 {
            let reason = "Round trips may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func isOnPurpose(_ stalls: SilentStalls) -> Bool { stalls.total > stalls.observed / greatestShare }

    private func caveats(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> [Reason] {
        var caveats: [Reason] = []
        for stalls in analysis.results[SilentStall.self].items {
            let doubts = stalls.doubts
            if stalls.isSummed {
                caveats.append(
                    .notTraced(
                        "\(stalls.endpoint): not evaluated after poolscope began to aggregate its calls (--detail)."))
            }
            if stalls.stalls > 0, Self.isOnPurpose(stalls) {
                caveats.append(
                    .otherExplanation(
                        "Connections to \(stalls.endpoint) wait for data most of the time, which looks intentional (such as long polling); not evaluated."
                    ))
            }
            if doubts.alone > 0 {
                caveats.append(
                    .otherExplanation(
                        "\(stalls.endpoint): \(ReadableText.count(doubts.alone, "long wait")) of a single connection, up to "
                            + "\(ReadableText.duration(doubts.longestAlone)): one slow request looks the same."
                    ))
            }
            if doubts.unwitnessed > 0 {
                caveats.append(
                    .otherExplanation(
                        "\(stalls.endpoint): \(ReadableText.count(doubts.unwitnessed, "gap")) without a snapshot in it, so this process "
                            + "may have stood still itself (a shorter --snapshot-interval helps)."))
            }
            if doubts.early > 0 {
                caveats.append(
                    .tooFew(
                        "\(stalls.endpoint): \(ReadableText.count(doubts.early, "gap")) before poolscope had seen enough round trips "
                            + "(\(thresholds[Self.roundTrips])) to know what is normal."))
            }
        }
        if analysis.results[SilentStall.self].unlisted > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.results[SilentStall.self].unlisted, "connection")) to other endpoints not evaluated."
                ))
        }
        return caveats
    }

    private func finding(_ stalls: SilentStalls, lost: UInt64) -> Finding {
        let longest = ReadableText.duration(stalls.longest)
        let p99 = ReadableText.duration(stalls.roundTrips.p99)
        var text =
            "\(ReadableText.count(stalls.stalls, "stall")), the longest lasted \(longest); up to "
            + "\(ReadableText.count(stalls.connections, "connection")) waited and none got a reply; 99 % of "
            + "\(ReadableText.count(stalls.roundTrips.count, "round trip")) took at most \(p99); the server's kernel "
            + "acknowledged \(stalls.acknowledged) of \(ReadableText.count(stalls.requests, "request"))"
        if stalls.leased > 0 { text += "; \(stalls.leased) held a lease" }
        if stalls.isGoingOn { text += "; the last stall had not ended when the trace did" }
        let first = stalls.first
        let last = stalls.last
        return Finding(
            rule: id, severity: stalls.hasOtherSizes ? .warning : .note, confidence: confidence(stalls, lost: lost),
            headline: "No reply for up to \(longest) (normally at most \(p99))",
            subject: .endpoint(stalls.endpoint),
            firstSeen: first?.timestamp ?? MonotonicInstant(nanoseconds: 0),
            lastSeen: last?.timestamp ?? MonotonicInstant(nanoseconds: 0), count: stalls.stalls,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("stalls", .count(stalls.stalls)), Measurement("longest", .duration(stalls.longest)),
                        Measurement("stalled", .duration(stalls.total)),
                        Measurement("connections", .count(stalls.connections)),
                        Measurement("requests", .count(stalls.requests)),
                        Measurement("acknowledged", .count(stalls.acknowledged)),
                        Measurement("leased", .count(stalls.leased)),
                        Measurement("round_trips", .count(stalls.roundTrips.count)),
                        Measurement("round_trip_p99", .duration(stalls.roundTrips.p99)),
                    ], events: [first, last].compactMap { $0 })
            ],
            advice:
                "Look at what \(stalls.endpoint) did at these moments: disk flushes and checkpoints, a lock that everything needs, "
                + "pauses of its runtime, a CPU limit. The network is not the cause.")
    }

    private func confidence(_ stalls: SilentStalls, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(.unproven, because: "the trace lacks \(ReadableText.count(lost, "record")) of I/O")
        }
        if stalls.acknowledged * 2 < stalls.requests {
            return Confidence(.medium, because: "poolscope does not know whether most of the requests had arrived")
        }
        if !stalls.hasOtherSizes {
            return Confidence(
                .medium,
                because: "all requests that waited have one size; a request that waits by design looks the same")
        }
        if stalls.isGoingOn, stalls.stalls == 1 {
            return Confidence(.medium, because: "the stall had not ended when the trace did")
        }
        return Confidence(
            .high,
            because: "the requests had arrived, similar ones normally get replies sooner, and none got one meanwhile")
    }
}
