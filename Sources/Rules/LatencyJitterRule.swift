// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Like requests to one endpoint take very different times to be answered.
public struct LatencyJitterRule: Rule {
    public let id = "latency-jitter"
    public let summary = "answers to like requests come at very different times"
    /// Fewer do not tell whether late answers come again and again.
    private static let leastWindows: UInt64 = 8

    /// When the late answers came.
    private enum Spread { case start, once, throughout }

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced("socket_io") else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: "Receives and sends were not traced."))
        }
        let lost = analysis.lost(["socket_io"], since: analysis.startedAt)
        let judged = analysis.responses.filter {
            $0.times.count >= thresholds.latencyJitterSamples && $0.windows >= Self.leastWindows
        }
        let late = judged.filter { Self.isScattered($0, thresholds) }
        var order: [Endpoint] = []
        var groups: [Endpoint: [ResponseTimes]] = [:]
        for times in late where Self.spread(of: times) != .start {
            if groups[times.endpoint] == nil { order.append(times.endpoint) }
            groups[times.endpoint, default: []].append(times)
        }
        let findings = order.compactMap { groups[$0] }.map { finding($0, lost: lost, analysis) }
        var limits = late.filter { Self.spread(of: $0) == .start }.map {
            "\($0.endpoint) answered late in the first \(ReadableText.duration($0.coreEnd - $0.startedAt)) only: that is no "
                + "scatter."
        }
        if analysis.unlistedResponses > 0 { limits.append("There are more kinds of requests than are told apart.") }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), limits: limits) }
        if judged.isEmpty {
            let reason =
                "No endpoint answered \(thresholds.latencyJitterSamples) requests of like size from one place within half "
                + "a second or longer."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), limits: limits)
        }
        if lost > 0 {
            let reason = "Round trips may be missing: \(ReadableText.count(lost, "record")) of I/O were lost."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason), limits: limits)
        }
        return RuleDecision(rule: id, verdict: .clean, limits: limits)
    }

    private static func isScattered(_ times: ResponseTimes, _ thresholds: Thresholds) -> Bool {
        let (p50, p99) = (times.times.p50, times.times.p99)
        return p99 >= thresholds.latencyJitterFloor && p99 > p50 * thresholds.latencyJitterRatio
            && times.late >= max(1, thresholds.latencyJitterLate)
    }

    /// An eighth of the time, at most, for nine tenths of the late ones is a spell of trouble and no scatter.
    private static func spread(of times: ResponseTimes) -> Spread {
        let whole = times.endedAt - times.startedAt
        let core = times.coreEnd - times.coreStart
        guard core * 8 <= whole else { return .throughout }
        return (times.coreStart - times.startedAt) * 16 <= whole ? .start : .once
    }

    private func finding(_ kinds: [ResponseTimes], lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let kinds = kinds.sorted { $0.late > $1.late }
        let worst = kinds[0]
        let isOnce = kinds.allSatisfy { Self.spread(of: $0) == .once }
        let late = kinds.reduce(UInt64(0)) { $0 &+ $1.late }
        let resent = kinds.reduce(UInt64(0)) { $0 &+ $1.resent }
        let p99 = ReadableText.duration(worst.times.p99)
        let p50 = ReadableText.duration(worst.times.p50)
        let slowest = kinds.flatMap(\.slowest).sorted { $0.time > $1.time }
        return Finding(
            rule: id, severity: isOnce ? .note : .warning,
            confidence: Self.confidence(late: late, resent: resent, lost: lost),
            headline: isOnce
                ? "answers came late for a while: p99 is \(p99), p50 \(p50)"
                : "answers to like requests scatter: p99 is \(p99), p50 \(p50)",
            subject: "\(worst.endpoint)",
            firstSeen: slowest.map(\.answer.timestamp).min() ?? worst.startedAt,
            lastSeen: slowest.map(\.answer.timestamp).max() ?? worst.endedAt, count: late,
            evidence: kinds.prefix(5).map { Self.evidence($0) } + [
                Self.cause(late: late, resent: resent, kinds, analysis)
            ],
            stack: worst.stack, advice: Self.advice(worst.endpoint, late: late, resent: resent))
    }

    private static func confidence(late: UInt64, resent: UInt64, lost: UInt64) -> Confidence {
        if lost > 0 {
            return Confidence(
                .unproven, because: "\(ReadableText.count(lost, "record")) of I/O were lost, maybe answers among them")
        }
        if resent * 2 > late {
            return Confidence(.high, because: "most of the late ones had to be sent again")
        }
        return Confidence(
            .medium, because: "the requests are of like size; what they ask, and how long that takes, is not recorded")
    }

    private static func evidence(_ times: ResponseTimes) -> Evidence {
        let share = Double(times.late) / Double(max(1, times.times.count))
        var text =
            "Of \(times.times.count) requests of \(times.leastRequestBytes) to \(ReadableText.bytes(times.mostRequestBytes))"
        if let site = times.stack?.site?.function { text += " by \(site)" }
        text +=
            ", \(times.late) (\(ReadableText.share(share))) took \(ReadableText.duration(times.lateFrom)) or longer to be "
            + "answered, the slowest \(ReadableText.duration(times.times.longest)). "
        switch spread(of: times) {
        case .once:
            text += "Most came within \(ReadableText.duration(times.coreEnd - times.coreStart))"
        case .start, .throughout:
            text += "They came in \(times.lateWindows) of \(times.windows) equal parts"
        }
        text += ", of \(ReadableText.duration(times.endedAt - times.startedAt))."
        return Evidence(
            text,
            measurements: [
                Measurement("requests", .count(times.times.count)), Measurement("late", .count(times.late)),
                Measurement("late_from", .duration(times.lateFrom)), Measurement("p50", .duration(times.times.p50)),
                Measurement("p99", .duration(times.times.p99)), Measurement("longest", .duration(times.times.longest)),
                Measurement("late_windows", .count(times.lateWindows)), Measurement("windows", .count(times.windows)),
            ], events: times.slowest.prefix(3).flatMap { [$0.request, $0.answer] })
    }

    /// Where the time went, as far as this side can tell.
    private static func cause(
        late: UInt64, resent: UInt64, _ kinds: [ResponseTimes], _ analysis: TraceAnalysis
    ) -> Evidence {
        var parts: [String] = []
        if resent > 0 {
            parts.append("\(resent) of the \(late) late ones were sent again before they were answered: the network.")
        }
        if late > resent {
            let isTold =
                analysis.isTraced("socket_retransmit")
                && analysis.lost(["socket_retransmit"], since: analysis.startedAt) == 0
            parts.append(
                !isTold
                    ? "Whether all that was sent again was recorded is not certain."
                    : (resent > 0 ? "The others were not" : "Nothing was sent again meanwhile")
                        + ": the peer took its time, its answer was lost on the way, or this process was late to read it."
            )
        }
        var text = parts.joined(separator: " ")
        let waited = kinds.reduce(UInt64(0)) { $0 &+ $1.waited }
        if waited > 0 { text += " \(waited) of them had waited for the pool before." }
        var measurements = [
            Measurement("late_resent", .count(resent)), Measurement("late_silent", .count(late - min(late, resent))),
            Measurement("late_after_pool_wait", .count(waited)),
        ]
        let way = analysis.endpoints.first { $0.endpoint == kinds[0].endpoint && !$0.isAccepting }?.roundTrip
        if let way {
            text += " The way there and back took \(ReadableText.duration(way)) at most, smoothed, at the censuses."
            measurements.append(Measurement("way", .duration(way)))
        }
        return Evidence(text, measurements: measurements)
    }

    private static func advice(_ endpoint: Endpoint, late: UInt64, resent: UInt64) -> String {
        if resent * 2 > late {
            return
                "Look at the way to \(endpoint): segments are lost there, and each costs a retransmission timeout of 0.2 s "
                + "or more."
        }
        return
            "Look at what \(endpoint) does at these times: locks, writes to disk, garbage collection, a busy processor; and "
            + "whether this process was short of processor time then."
    }
}
