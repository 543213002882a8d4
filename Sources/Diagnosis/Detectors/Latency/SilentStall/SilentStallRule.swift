// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peer is alive, it acknowledges, but it answers nobody for a while.
public struct SilentStallRule: Rule {
    public let id = "silent-stall"
    public let summary = "a server takes requests and answers nobody for a while"

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
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: "Receives and sends were not traced."))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        let limits = limits(analysis, thresholds)
        let findings = analysis.silentStalls.filter { $0.stalls > 0 && !Self.isOnPurpose($0) }
            .map { finding($0, lost: analysis.lost([.socketIO], since: analysis.startedAt, withSums: false)) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), limits: limits) }
        guard analysis.silentStalls.contains(where: { $0.roundTrips.count >= thresholds[Self.roundTrips] }) else {
            let reason =
                "No server answered \(thresholds[Self.roundTrips]) requests: how long an answer takes is not known."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), limits: limits)
        }
        if lost > 0 {
            let reason = "Round trips may be missing: \(ReadableText.count(lost, "record")) of I/O are missing."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), limits: limits)
        }
        return RuleDecision(rule: id, verdict: .clean, limits: limits)
    }

    private static func isOnPurpose(_ stalls: SilentStalls) -> Bool { stalls.total > stalls.observed / greatestShare }

    private func limits(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> [String] {
        var limits: [String] = []
        for stalls in analysis.silentStalls {
            let doubts = stalls.doubts
            if stalls.isSummed {
                limits.append("\(stalls.endpoint): not judged from when its calls came as sums (--detail).")
            }
            if stalls.stalls > 0, Self.isOnPurpose(stalls) {
                limits.append(
                    "\(stalls.endpoint) is waited for most of the time: as if on purpose, so it is not judged.")
            }
            if doubts.alone > 0 {
                limits.append(
                    "\(stalls.endpoint): \(ReadableText.count(doubts.alone, "long wait")) of one connection alone, up to "
                        + "\(ReadableText.duration(doubts.longestAlone)): a request that is long by itself looks the same."
                )
            }
            if doubts.unwitnessed > 0 {
                limits.append(
                    "\(stalls.endpoint): of \(ReadableText.count(doubts.unwitnessed, "silence")) it is not known whether this "
                        + "process stood still itself: no census fell into them (--census).")
            }
            if doubts.early > 0 {
                limits.append(
                    "\(stalls.endpoint): \(ReadableText.count(doubts.early, "silence")) before the "
                        + "\(thresholds[Self.roundTrips]) round trips that tell what is usual.")
            }
        }
        if analysis.unlistedStallPeers > 0 {
            limits.append(
                "\(ReadableText.count(analysis.unlistedStallPeers, "connection")) to further endpoints are not judged.")
        }
        return limits
    }

    private func finding(_ stalls: SilentStalls, lost: UInt64) -> Finding {
        let longest = ReadableText.duration(stalls.longest)
        let p99 = ReadableText.duration(stalls.roundTrips.p99)
        var text =
            "\(ReadableText.count(stalls.stalls, "stall")), the longest of \(longest), in which up to "
            + "\(ReadableText.count(stalls.connections, "connection")) waited and none was answered; of "
            + "\(ReadableText.count(stalls.roundTrips.count, "round trip")) 99 % took up to \(p99); "
            + "\(stalls.acknowledged) of \(ReadableText.count(stalls.requests, "request")) are known to have arrived"
        if stalls.leased > 0 { text += "; \(stalls.leased) held a lease" }
        if stalls.isGoingOn { text += "; the last one goes on at the end" }
        let first = stalls.first
        let last = stalls.last
        return Finding(
            rule: id, severity: stalls.hasOtherSizes ? .warning : .note, confidence: confidence(stalls, lost: lost),
            headline: "Nobody was answered for up to \(longest), where \(p99) is usual",
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
                "Look at what \(stalls.endpoint) did at these moments: disk flushes and checkpoints, locks that all wait for, "
                + "pauses of its runtime, a CPU limit; the network is not it.")
    }

    private func confidence(_ stalls: SilentStalls, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(.unproven, because: "\(ReadableText.count(lost, "record")) of I/O are missing")
        }
        if stalls.acknowledged * 2 < stalls.requests {
            return Confidence(.medium, because: "whether the requests had arrived is not known for most of them")
        }
        if !stalls.hasOtherSizes {
            return Confidence(
                .medium,
                because: "all requests that waited were of one size; a kind that waits on purpose looks the same")
        }
        if stalls.isGoingOn, stalls.stalls == 1 {
            return Confidence(.medium, because: "it had not ended when the trace did")
        }
        return Confidence(
            .high, because: "the requests had arrived, others like them are answered sooner, and nobody was meanwhile")
    }
}
