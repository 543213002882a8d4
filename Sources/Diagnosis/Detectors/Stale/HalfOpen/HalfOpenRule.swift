// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peer has vanished without FIN or RST: what is sent is not acknowledged any more.
public struct HalfOpenRule: Rule {
    public let id = "half-open"
    public let summary = "the peer has vanished: sent data is not acknowledged"

    /// Timer expiries in a row without an acknowledgement.
    static let timeouts = Threshold<UInt64>("half-open.timeouts", 3)
    /// Or at least two of them in so long a time.
    static let time = Threshold<Duration>("half-open.time", .seconds(5))
    public let thresholds: [any ThresholdSetting] = [timeouts, time]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketRetransmit) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Retransmits were not traced.")))
        }
        let lost = analysis.lost([.socketRetransmit, .socketIO], since: analysis.startedAt)
        var order: [Endpoint?] = []
        var groups: [Endpoint?: [HalfOpenSpan]] = [:]
        for span in analysis.halfOpens {
            if groups[span.socket.endpoint] == nil { order.append(span.socket.endpoint) }
            groups[span.socket.endpoint, default: []].append(span)
        }
        let findings = order.compactMap { groups[$0] }.map { finding($0, lost: lost, analysis) }
        var caveats: [Reason] = []
        if !analysis.isTraced(.socketIO) {
            caveats.append(.notTraced("Receives were not traced: only a snapshot shows that a peer has answered."))
        }
        if analysis.unlistedHalfOpens > 0 {
            caveats.append(.cutOff("\(ReadableText.count(analysis.unlistedHalfOpens, "more socket")) not listed."))
        }
        // A receive that was lost would have refuted a finding; there is none.
        let missing = analysis.lost([.socketRetransmit], since: analysis.startedAt)
        if findings.isEmpty, missing > 0 {
            let reason =
                "Retransmits may be missing: poolscope lost \(ReadableText.count(missing, "record")) of them or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private func finding(_ spans: [HalfOpenSpan], lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let open = spans.filter { $0.endedAt == nil }
        let timeouts = spans.map(\.timeouts).max() ?? 0
        let longest = spans.map { ($0.endedAt ?? analysis.endedAt) - $0.first.timestamp }.max() ?? .zero
        let bytes = spans.reduce(UInt64(0)) { $0 &+ $1.unacknowledgedBytes }
        let leased = UInt64(spans.count { $0.isLeased })
        let subject = Subject(spans[0].socket.endpoint)
        let descriptors = spans.compactMap(\.socket.descriptor).sorted().prefix(10).map(String.init)
        var text =
            "Up to \(timeouts) timeouts in a row, without an answer for up to \(ReadableText.duration(longest)); "
            + "\(ReadableText.bytes(bytes)) not acknowledged"
        let state = ReadableText.nonzero(["still open at the end": UInt64(open.count), "leased": leased])
        if !state.isEmpty { text += "; \(state)" }
        if !descriptors.isEmpty { text += " (fd \(descriptors.joined(separator: ", ")))" }
        let keepalive = [
            ("on", spans.reduce(UInt64(0)) { $0 &+ $1.keepalive.on }),
            ("off", spans.reduce(UInt64(0)) { $0 &+ $1.keepalive.off }),
            ("not known", spans.reduce(UInt64(0)) { $0 &+ $1.keepalive.unknown }),
        ]
        text += "; keepalive \(keepalive.filter { $0.1 > 0 }.map { "\($0.0) for \($0.1)" }.joined(separator: ", "))"
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(.high, because: "the kernel's retransmission timer expired repeatedly, and nothing came")
                : Confidence(.unproven, because: "the answer may be among \(ReadableText.count(lost, "lost record"))"),
            headline:
                "\(ReadableText.count(UInt64(spans.count), "connection")) with a peer that no longer answers",
            subject: subject, firstSeen: spans.map(\.first.timestamp).min() ?? analysis.startedAt,
            lastSeen: spans.map { $0.endedAt ?? analysis.endedAt }.max() ?? analysis.endedAt,
            count: UInt64(spans.count),
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("timeouts", .count(timeouts)), Measurement("longest", .duration(longest)),
                        Measurement("unacknowledged", .bytes(bytes)),
                        Measurement("still_open", .count(UInt64(open.count))),
                        Measurement("leased", .count(leased)),
                        Measurement("keepalive_on", .count(keepalive[0].1)),
                        Measurement("keepalive_off", .count(keepalive[1].1)),
                        Measurement("retransmission_timeout", .duration(spans.map(\.timeout).max() ?? .zero)),
                    ], events: spans.prefix(5).flatMap { [$0.first, $0.last] })
            ],
            stack: spans.compactMap(\.socket.openStack).first,
            advice:
                "Look at the host of \(subject) and the network path, and set TCP_USER_TIMEOUT and keepalive on its connections: "
                + "without them the kernel gives up after about 15 minutes.")
    }
}
