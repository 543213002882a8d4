// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Most sockets to one server are ended ones in TIME_WAIT, or wait for an answer to their SYN.
public struct TimeWaitPileupRule: Rule {
    public let id = "time-wait-pileup"
    public let summary = "most sockets to one server are in TIME_WAIT or SYN_SENT"

    /// Share of an endpoint's sockets.
    static let share = Threshold<Double>("time-wait-pileup.share", 0.3)
    /// Sockets in TIME_WAIT at one time.
    static let sockets = Threshold<UInt64>("time-wait-pileup.sockets", 500)
    /// Sockets at one time whose SYN was sent again.
    static let connecting = Threshold<UInt64>("time-wait-pileup.connecting", 8)
    public let thresholds: [any ThresholdSetting] = [share, sockets, connecting]
    /// Of net.ipv4.ip_local_port_range, 32768 to 60999: what one address has for one server.
    private static let ports: UInt64 = 28_232

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketClose) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Closes were not traced.")))
        }
        var caveats: [Reason] = []
        if !analysis.isTraced(.socketRetransmit) {
            caveats.append(.notTraced("Retransmits were not traced: sockets in SYN_SENT are not evaluated."))
        }
        if analysis.unlistedPileups > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.unlistedPileups, "socket")) went to endpoints that are not listed."))
        }
        if analysis.duration < .seconds(60) {
            caveats.append(
                .tooShort(
                    "The trace lasts \(ReadableText.duration(analysis.duration)): it shows only a part of the closes in the minute "
                        + "before its end."))
        }
        let findings = analysis.pileups.flatMap { pileup in
            [
                pileup.waiting.flatMap { waiting(pileup.endpoint, $0, analysis, thresholds) },
                pileup.stuck.flatMap { stuck(pileup.endpoint, $0, thresholds) },
            ].compactMap { $0 }
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        let lost = analysis.lost([.socketClose, .socketRetransmit], since: analysis.startedAt)
        if lost > 0 {
            let reason =
                "Closes may be missing: poolscope lost \(ReadableText.count(lost, "record")) of them, of retransmits or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func waiting(
        _ endpoint: Endpoint, _ peak: SocketPileup.Peak, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        guard peak.sockets >= max(1, thresholds[Self.sockets]), peak.share > thresholds[Self.share] else {
            return nil
        }
        let isReset = analysis.isTraced(.socketReset)
        let lost = analysis.lost([.socketReset], since: analysis.startedAt)
        return finding(
            endpoint, peak, state: "TIME_WAIT",
            // A tenth of the ports: at ten times the rate there are none left.
            severity: peak.sockets >= Self.ports / 10 ? .warning : .note,
            confidence: isReset && lost == 0
                ? Confidence(
                    .high, because: "poolscope counts the closes: sockets in TIME_WAIT belong to no process")
                : Confidence(
                    .unproven,
                    because: "connections that were reset do not enter TIME_WAIT, and resets were not recorded"),
            text:
                "This side closed \(ReadableText.count(peak.sockets, "connection")) first within 60 s. Linux keeps each in TIME_WAIT for so long, "
                + "and with them \(ReadableText.share(Double(peak.sockets) / Double(Self.ports))) of the usual \(Self.ports) ports "
                + "for one server. \(peak.open == 0 ? "No other" : "\(peak.open) more") \(peak.open < 2 ? "was" : "were") open then.",
            advice:
                "Keep connections to \(endpoint) open and reuse them: a larger idle limit, HTTP keep-alive, one client for all "
                + "requests.")
    }

    private func stuck(
        _ endpoint: Endpoint, _ peak: SocketPileup.Peak, _ thresholds: Thresholds
    ) -> Finding? {
        guard peak.sockets >= max(1, thresholds[Self.connecting]), peak.share > thresholds[Self.share] else {
            return nil
        }
        return finding(
            endpoint, peak, state: "SYN_SENT", severity: .warning,
            confidence: Confidence(.certain, because: "the kernel sent their SYN again, without an answer"),
            text:
                "The SYN of \(ReadableText.count(peak.sockets, "socket")) was sent again and not answered, all at one time. Connections open then: "
                + "\(peak.open).",
            advice:
                "Look at the listen backlog of \(endpoint) and at firewalls on the path; limit how many connects run at the "
                + "same time, and give them a timeout.")
    }

    private func finding(
        _ endpoint: Endpoint, _ peak: SocketPileup.Peak, state: String, severity: Severity, confidence: Confidence,
        text: String, advice: String
    ) -> Finding {
        Finding(
            rule: id, severity: severity, confidence: confidence,
            headline:
                "\(ReadableText.count(peak.sockets, "socket")) in \(state), \(ReadableText.share(peak.share)) of the endpoint's",
            subject: .endpoint(endpoint), firstSeen: peak.first.timestamp, lastSeen: peak.event.timestamp,
            count: peak.sockets,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("sockets", .count(peak.sockets)), Measurement("open", .count(peak.open)),
                        Measurement("share", .share(peak.share)),
                    ], events: [peak.first, peak.event])
            ], advice: advice)
    }
}
