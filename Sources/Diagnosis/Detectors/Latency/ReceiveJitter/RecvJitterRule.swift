// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What came at an even pace comes at an uneven one.
public struct RecvJitterRule: Rule {
    public let id = "recv-jitter"
    public let summary = "a stream that came at an even pace becomes uneven"

    /// Jitter and deviation of the gaps, as multiples of those of the stream while it was even.
    static let ratio = Threshold<Double>("recv-jitter.ratio", 3)
    /// The least jitter and deviation that matter.
    static let floor = Threshold<Duration>("recv-jitter.floor", .milliseconds(10))
    /// Uneven gaps of 50 in a row.
    static let gaps = Threshold<UInt64>("recv-jitter.gaps", 20)
    public let thresholds: [any ThresholdSetting] = [ratio, floor, gaps]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        var caveats: [Reason] = []
        if analysis.unlistedStreamJitters > 0 {
            caveats.append(.cutOff("\(ReadableText.count(analysis.unlistedStreamJitters, "more socket")) not listed."))
        }
        let findings = analysis.streamJitters.map { finding($0, lost: lost) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if analysis.judgedStreams == 0 {
            let reason = "No socket received an even stream of 50 or more messages that nobody requested."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooFew(reason)), caveats: caveats)
        }
        if lost > 0 {
            let reason = "Receives may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(_ jitter: StreamJitter, lost: UInt64) -> Finding {
        let endpoint = jitter.socket.remote ?? jitter.socket.local
        let subject = Subject(endpoint)
        let usual = ReadableText.duration(jitter.usualJitter)
        let worst = ReadableText.duration(jitter.worstJitter)
        var text =
            "Messages came every \(ReadableText.duration(jitter.usualGap)), with \(usual) of jitter; five gaps in a row deviated "
            + "by \(ReadableText.duration(jitter.usualDeviation)). Later it was up to \(worst), and "
            + "\(ReadableText.duration(jitter.worstDeviation)): \(jitter.jittery) of \(jitter.gaps) gaps were uneven"
        if let descriptor = jitter.socket.descriptor { text += " (fd \(descriptor))" }
        text += ". These are the times of the program's receives, not of the arrival."
        if jitter.drops > 0 {
            text += " The kernel dropped \(ReadableText.count(jitter.drops, "datagram")) because the buffer was full."
        }
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(
                    .medium, because: "the cause may be the network, the sender or this program's own reading")
                : Confidence(
                    .unproven,
                    because: "the trace lacks \(ReadableText.count(lost, "record")) of I/O, which leaves longer gaps"),
            headline: "The jitter of received messages grew from \(usual) to \(worst)",
            subject: subject, firstSeen: jitter.first.timestamp, lastSeen: jitter.last.timestamp, count: jitter.jittery,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("uneven", .count(jitter.jittery)), Measurement("gaps", .count(jitter.gaps)),
                        Measurement("usual_gap", .duration(jitter.usualGap)),
                        Measurement("usual_jitter", .duration(jitter.usualJitter)),
                        Measurement("jitter", .duration(jitter.worstJitter)),
                        Measurement("usual_deviation", .duration(jitter.usualDeviation)),
                        Measurement("deviation", .duration(jitter.worstDeviation)),
                        Measurement("drops", .count(jitter.drops)),
                    ], events: [jitter.first, jitter.worst, jitter.last])
            ],
            stack: jitter.socket.openStack,
            advice: jitter.drops > 0
                ? "Give the socket of \(subject) a larger receive buffer and read it sooner: dropped datagrams leave gaps."
                : "Compare with a capture at the host's interface (tcpdump -ttt): if packets arrive evenly there, this program "
                    + "reads late; otherwise look at the network path and the sender.")
    }
}
