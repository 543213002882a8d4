// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Sockets are opened, used once at most, and never closed.
public struct SocketLeakRule: Rule {
    public let id = "socket-leak"
    public let summary = "the program opens sockets and never closes them"

    /// How long a socket must be silent at the end.
    static let idle = Threshold<Duration>("socket-leak.idle", .seconds(5))
    /// The same of accepted ones, which are the peers' to use.
    static let acceptedIdle = Threshold<Duration>("socket-leak.accepted-idle", .seconds(120))
    /// Such sockets of one origin.
    static let sockets = Threshold<UInt64>("socket-leak.sockets", 8)
    public let thresholds: [any ThresholdSetting] = [idle, acceptedIdle, sockets]
    private static let records: Set<RecordKind> = [.socketOpen, .socketAccept, .socketIO, .socketClose]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketOpen) || analysis.isTraced(.socketAccept) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("The opening of sockets was not traced.")))
        }
        guard analysis.isTraced(.socketIO) else {
            return RuleDecision(
                rule: id, verdict: .notEvaluated(reason: .notTraced("Receives and sends were not traced.")))
        }
        let lost = analysis.lost(Self.records, since: analysis.startedAt)
        let findings = analysis.origins.filter {
            $0.forgotten >= thresholds[Self.sockets] && $0.byQuarter.count { $0 > 0 } >= 3
        }.map { finding($0, lost: lost, analysis) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings)) }
        let least = thresholds[Self.idle] * 4
        if analysis.duration < least {
            let reason =
                "The trace lasts \(ReadableText.duration(analysis.duration)); growth shows after "
                + "\(ReadableText.duration(least)), four times the idle time of a leaked socket."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .tooShort(reason)))
        }
        // An I/O or a close that was lost would have refuted a finding; there is none.
        let missing = analysis.lost([.socketOpen, .socketAccept], since: analysis.startedAt)
        if missing > 0 {
            let reason =
                "Sockets may be missing: poolscope lost \(ReadableText.count(missing, "record")) of their opening "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)))
        }
        return RuleDecision(rule: id, verdict: .clean)
    }

    private func finding(_ origin: SocketOrigin, lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let growth = origin.growthPerSecond
        let projection = projection(growth, analysis)
        var text =
            "\(origin.forgotten) open and silent for up to \(ReadableText.duration(origin.longestSilence)); by quarter of "
            + "the trace: \(origin.byQuarter.map(String.init).joined(separator: ", "))"
        if origin.inUse > 0 { text += "; \(origin.inUse) more of this origin in use or young" }
        let descriptors = origin.descriptors.map(String.init).joined(separator: ", ")
        if !descriptors.isEmpty { text += " (fd \(descriptors)\(origin.forgotten > 10 ? ", ..." : ""))" }
        var evidence = [
            Evidence(
                text + ".",
                measurements: [
                    Measurement("forgotten", .count(origin.forgotten)), Measurement("in_use", .count(origin.inUse)),
                    Measurement("longest_silence", .duration(origin.longestSilence)),
                    Measurement("growth_per_second", .share(growth)),
                ], events: [origin.firstBirth, origin.lastBirth].compactMap { $0 })
        ]
        if let projection { evidence.append(projection.evidence) }
        let site = origin.stack?.site?.function
        let isSoon = (projection?.left ?? .seconds(1e9)) < .seconds(86_400)
        return Finding(
            rule: id, severity: isSoon && !origin.isAccepted ? .critical : .warning,
            confidence: lost == 0
                ? Confidence(
                    .high,
                    because: "the program used none of them again, although it opened new ones for the same purpose")
                : Confidence(
                    .unproven, because: "their use or close may be among \(ReadableText.count(lost, "lost record"))"),
            headline:
                "\(ReadableText.count(origin.forgotten, "socket")) \(origin.isAccepted ? "accepted" : "opened") and never closed",
            subject: origin.endpoint.map { .endpoint($0) } ?? site.map { .callSite(function: $0) } ?? .unknown(.origin),
            firstSeen: origin.firstBirth?.timestamp ?? analysis.startedAt,
            lastSeen: origin.lastBirth?.timestamp ?? analysis.endedAt, count: origin.forgotten, evidence: evidence,
            stack: origin.stack, advice: advice(origin, site))
    }

    private func advice(_ origin: SocketOrigin, _ site: String?) -> String {
        if origin.isAccepted {
            return
                "Set an idle timeout for the connections that the server accepts, and look at the clients that keep them."
        }
        let place = site.map { "In \($0), close" } ?? "Close"
        return
            "\(place) each client, connection or response body after use, also on errors, or create one client "
            + "and reuse it."
    }

    /// When the descriptors are used up, if it goes on like this.
    private func projection(_ growth: Double, _ analysis: TraceAnalysis) -> (left: Duration, evidence: Evidence)? {
        guard let usage = analysis.descriptors, let limit = usage.limit, growth > 0 else { return nil }
        let free = limit > usage.descriptors ? limit - usage.descriptors : 0
        let seconds = min(3e9, Double(free) / growth)
        let left = Duration.seconds(seconds)
        let text =
            "\(usage.descriptors) of \(limit) descriptors are in use; at \(ReadableText.number(growth * 60)) a minute the "
            + "rest will last for \(ReadableText.duration(left))."
        return (
            left,
            Evidence(
                text,
                measurements: [
                    Measurement("descriptors", .count(usage.descriptors)),
                    Measurement("descriptor_limit", .count(limit)),
                    Measurement("until_exhaustion", .duration(left)),
                ])
        )
    }
}
