// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Data waits in the socket for the application: the network and the peer have done their part, this process has not.
public struct ReceiveBacklogRule: Rule {
    public let id = "receive-backlog"
    public let summary = "data that has arrived waits for the application to read it"

    /// How long data must wait in the socket for its receive to be late.
    static let dwell = Threshold<Duration>("receive-backlog.dwell", .milliseconds(20))
    /// Share of an endpoint's receives that are late.
    static let share = Threshold<Double>("receive-backlog.share", 0.01)
    /// And so many of them.
    static let receives = Threshold<UInt64>("receive-backlog.receives", 5)
    public let thresholds: [any ThresholdSetting] = [dwell, share, receives]
    public let cutOffs: [CutOff.Kind] = [.sendBlocks, .receivesWithoutPeer]
    private static let udp: UInt16 = 17

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Receives were not traced.")))
        }
        let lost = analysis.lost([.socketIO], since: analysis.startedAt)
        let findings = analysis.receiveBacklogs.filter {
            $0.late >= max(1, thresholds[Self.receives])
                && Double($0.late) >= thresholds[Self.share] * Double($0.receives)
        }.map { finding($0, lost: lost, analysis, thresholds) }
        var caveats: [Reason] = []
        if analysis.unlistedBacklogs > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.unlistedBacklogs, "late receive")) of other endpoints not listed."
                ))
        }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        if lost > 0 {
            let reason = "Late receives may be missing: the trace lacks \(ReadableText.count(lost, "record")) of I/O."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(
        _ backlog: ReceiveBacklog, lost: UInt64, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding {
        let share = Double(backlog.late) / Double(max(backlog.receives, backlog.late))
        let floor = ReadableText.duration(thresholds[Self.dwell])
        var text =
            "\(backlog.late) of \(ReadableText.count(backlog.receives, "receive")) (\(ReadableText.share(share))) took data "
            + "that had waited for \(floor) or more: p50 \(ReadableText.duration(backlog.dwell.p50)), at most "
            + "\(ReadableText.duration(backlog.dwell.longest)), at least"
        if backlog.lateLeased > 0 { text += "; \(backlog.lateLeased) of them on a leased connection" }
        if backlog.lateSending > 0 {
            text +=
                "; before \(backlog.lateSending) of them the reader was blocked in sends for half of that time or longer"
        }
        if backlog.mostQueued > 0 { text += "; up to \(ReadableText.bytes(backlog.mostQueued)) stayed in the buffer" }
        return Finding(
            rule: id, severity: Self.isPassedOn(backlog) ? .note : .warning,
            confidence: lost == 0
                ? Self.confidence(backlog)
                : Confidence(.unproven, because: "the trace lacks \(ReadableText.count(lost, "record")) of I/O"),
            headline: "\(ReadableText.share(share)) of the receives are late: data waits for this process"
                + (Self.isPassedOn(backlog) ? ", which waits to send" : ""),
            subject: .endpoint(backlog.endpoint), firstSeen: backlog.first.timestamp,
            lastSeen: backlog.last.timestamp, count: backlog.late,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("receives", .count(backlog.receives)), Measurement("late", .count(backlog.late)),
                        Measurement("late_leased", .count(backlog.lateLeased)),
                        Measurement("late_sending", .count(backlog.lateSending)),
                        Measurement("p50", .duration(backlog.dwell.p50)),
                        Measurement("p99", .duration(backlog.dwell.p99)),
                        Measurement("longest", .duration(backlog.dwell.longest)),
                        Measurement("most_queued", .bytes(backlog.mostQueued)),
                    ], events: [backlog.first, backlog.longest, backlog.last])
            ],
            stack: backlog.stack, advice: advice(backlog))
    }

    /// Most of the time the reader could not send: whoever it sends to is slow, and this process passes that on.
    private static func isPassedOn(_ backlog: ReceiveBacklog) -> Bool { backlog.lateSending * 2 > backlog.late }

    private static func confidence(_ backlog: ReceiveBacklog) -> Confidence {
        if isPassedOn(backlog) {
            return Confidence(.medium, because: "the reader was blocked in sends before most of them")
        }
        return backlog.lateSending > 0
            ? Confidence(
                .medium, because: "the kernel records when the data came, but the reader was also blocked in sends")
            : Confidence(.high, because: "the kernel records when the data came")
    }

    private func advice(_ backlog: ReceiveBacklog) -> String {
        let endpoint = backlog.endpoint.description
        if Self.isPassedOn(backlog) {
            return
                "Look at the peer that this process sends to: it accepts data too slowly, so this process stops reading from "
                + "\(endpoint). A program that copies from one to the other works so by design; give such a send a deadline."
        }
        if backlog.protocolNumber == Self.udp {
            return "Read \(endpoint) in a thread that does nothing else: the receive buffer will overflow next."
        }
        guard let site = backlog.stack?.site?.function else {
            return
                "Find out what this process does between two reads of \(endpoint): work, locks, too few threads, or too little CPU."
        }
        return
            "In \(site), read the whole answer first and process it later: the connection is leased meanwhile. If the code "
            + "already does, the process lacks CPU or threads."
    }
}
