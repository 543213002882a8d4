// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Like requests to one endpoint take very different times to be answered.
public struct LatencyJitterRule: Rule {
    public let id = "latency-jitter"
    public let summary = "similar requests take very different times"

    /// P99 over p50 of like requests.
    static let ratio = Threshold<Double>("latency-jitter.ratio", 10)
    /// The least p99, and the least time of a late answer.
    static let floor = Threshold<Duration>("latency-jitter.floor", .milliseconds(30))
    /// Round trips of like requests that a p99 needs.
    static let samples = Threshold<UInt64>("latency-jitter.samples", 100)
    /// Late answers that make a habit.
    static let late = Threshold<UInt64>("latency-jitter.late", 5)
    public let thresholds: [any ThresholdSetting] = [ratio, floor, samples, late]
    /// Fewer do not tell whether late answers come again and again.
    private static let leastWindows: UInt64 = 8

    /// When the late answers came.
    private enum Spread { case start, once, throughout }

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        let judged = analysis.responses.filter {
            $0.times.count >= thresholds[Self.samples] && $0.windows >= Self.leastWindows
        }
        let late = judged.filter { Self.isScattered($0, thresholds) }
        var order: [Endpoint] = []
        var groups: [Endpoint: [ResponseTimes]] = [:]
        for times in late where Self.spread(of: times) != .start {
            if groups[times.endpoint] == nil { order.append(times.endpoint) }
            groups[times.endpoint, default: []].append(times)
        }
        let findings = order.compactMap { groups[$0] }.map { finding($0, lost: lost, analysis) }
        var caveats = late.filter { Self.spread(of: $0) == .start }.map {
            Reason.otherExplanation(
                "\($0.endpoint) answered late in the first \(ReadableText.duration($0.coreEnd - $0.startedAt)) only: that is "
                    + "no scatter.")
        }
        if analysis.unlistedResponses > 0 {
            caveats.append(.cutOff("There are more kinds of requests than poolscope follows."))
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if judged.isEmpty {
            let reason =
                "No endpoint answered \(thresholds[Self.samples]) requests of similar size from one call site over at least half "
                + "a second."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooFew(reason)), caveats: caveats)
        }
        if lost > 0 {
            let reason = "Round trips may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func isScattered(_ times: ResponseTimes, _ thresholds: Thresholds) -> Bool {
        let (p50, p99) = (times.times.p50, times.times.p99)
        return p99 >= thresholds[Self.floor] && p99 > p50 * thresholds[Self.ratio]
            && times.late >= max(1, thresholds[Self.late])
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
        let causes = LateCauses(kinds, to: worst.endpoint, in: analysis)
        let p99 = ReadableText.duration(worst.times.p99)
        let p50 = ReadableText.duration(worst.times.p50)
        let slowest = kinds.flatMap(\.slowest).sorted { $0.time > $1.time }
        return Finding(
            rule: id, severity: isOnce ? .note : .warning,
            confidence: causes.confidence(lost: lost),
            headline: isOnce
                ? "Answers came late for a while: p99 is \(p99), p50 \(p50)"
                : "Similar requests take very different times: p99 is \(p99), p50 \(p50)",
            subject: .endpoint(worst.endpoint),
            firstSeen: slowest.map(\.answer.timestamp).min() ?? worst.startedAt,
            lastSeen: slowest.map(\.answer.timestamp).max() ?? worst.endedAt, count: late,
            evidence: kinds.prefix(5).map { Self.evidence($0) } + [causes.evidence],
            stack: worst.stack, advice: causes.advice)
    }

    private static func evidence(_ times: ResponseTimes) -> Evidence {
        let share = Double(times.late) / Double(max(1, times.times.count))
        var text =
            "Of \(times.times.count) requests of \(times.leastRequestBytes) to \(ReadableText.bytes(times.mostRequestBytes))"
        if let site = times.stack?.site?.function { text += " by \(site)" }
        text +=
            ", \(times.late) (\(ReadableText.share(share))) waited \(ReadableText.duration(times.lateFrom)) or longer for the "
            + "answer, the slowest \(ReadableText.duration(times.times.longest)). "
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
}
