// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// TLS handshakes fail, hang, or end without a word.
public struct TLSHandshakeFailingRule: Rule {
    public let id = "tls-handshake-failing"
    public let summary = "TLS handshakes fail, hang, or end without a reply"

    /// Handshakes with one endpoint that failed or hung.
    static let failures = Threshold<UInt64>("tls-handshake-failing.failures", 1)
    /// A handshake that takes at least this long hangs.
    static let hang = Threshold<Duration>("tls-handshake-failing.hang", .seconds(5))
    public let thresholds: [any ThresholdSetting] = [failures, hang]
    /// Ports on which nothing but TLS is spoken: https, submissions, domain-s, ldaps, telnets and ftps, imaps, pop3s, amqps,
    /// secure-mqtt (IANA's registry), and https of services without privileges.
    private static let ports: Set<UInt16> = [443, 465, 636, 853, 989, 990, 992, 993, 995, 5671, 8443, 8883]
    /// More than a mishap.
    private static let many: UInt64 = 3

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let isTraced = analysis.isTraced(.tlsHandshake)
        let known = analysis.handshakes.filter { Self.speaksTLS($0) }
        var caveats: [Reason] = []
        if !isTraced {
            caveats.append(
                .notTraced(
                    "TLS handshakes were not traced: poolscope only sees missing replies on ports that TLS uses."))
        }
        if analysis.unlistedHandshakes > 0 {
            caveats.append(.cutOff("There were handshakes with more endpoints than poolscope follows."))
        }
        let findings = known.filter { Self.troubled($0) >= max(1, thresholds[Self.failures]) }
            .map { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        guard isTraced || analysis.endpoints.contains(where: { Self.isTLSPort(of: $0) }) else {
            let reason = "TLS handshakes were not traced, and no connection went to a port that TLS uses."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced(reason)))
        }
        if isTraced, known.isEmpty, !analysis.endpoints.contains(where: { Self.isTLSPort(of: $0) }) {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .nothingThere("No TLS handshake took place.")))
        }
        let lost = analysis.lost([.tlsHandshake, .socketClose], since: analysis.startedAt)
        if lost > 0 {
            let reason =
                "Handshakes may be missing: poolscope lost \(ReadableText.count(lost, "record")) of them, of closes or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func isTLSPort(of endpoint: EndpointSummary) -> Bool {
        !endpoint.isAccepting && endpoint.protocolNumber == 6 && endpoint.endpoint.port.map(ports.contains) ?? false
    }

    private static func speaksTLS(_ summary: HandshakeSummary) -> Bool {
        summary.handshakes > 0 || summary.endpoint?.port.map(ports.contains) ?? false
    }

    /// Each connection once.
    private static func troubled(_ summary: HandshakeSummary) -> UInt64 {
        max(summary.failed, summary.long) &+ summary.wordless
    }

    private func finding(
        _ summary: HandshakeSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding {
        let subject = Subject(summary.endpoint)
        let count = Self.troubled(summary)
        let succeeded = summary.handshakes - min(summary.handshakes, summary.failed &+ summary.cancelled)
        let hang = ReadableText.duration(thresholds[Self.hang])
        var text = ""
        if summary.handshakes > 0 {
            let outcome = ReadableText.nonzero(["failed": summary.failed, "took \(hang) or longer": summary.long])
            text +=
                "Of \(ReadableText.count(summary.handshakes, "handshake")), \(outcome.isEmpty ? "none failed" : outcome); "
            text += "the longest took \(ReadableText.duration(summary.longest)). "
        }
        if summary.cancelled > 0 { text += "This side cancelled \(summary.cancelled) more. " }
        if !summary.errors.isEmpty {
            let errors = summary.errors.prefix(5).map { "\($0.name) \($0.count)" }
            text += "By type of error: \(errors.joined(separator: ", ")). "
        }
        if summary.wordless > 0 {
            text +=
                "On \(ReadableText.count(summary.wordless, "connection")) the program sent data and got no reply, until the "
                + "peer closed it, or for \(hang) or longer. "
        }
        if let descriptor = summary.descriptor { text += "The last one was fd \(descriptor)." }
        return Finding(
            rule: id, severity: count >= Self.many || succeeded == 0 ? .warning : .note,
            confidence: Self.confidence(summary, analysis),
            headline: count == 1 ? "1 TLS handshake failed or hung" : "\(count) TLS handshakes failed or hung",
            subject: subject, firstSeen: summary.first?.timestamp ?? analysis.startedAt,
            lastSeen: summary.last?.timestamp ?? analysis.endedAt, count: count,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("handshakes", .count(summary.handshakes)),
                        Measurement("failed", .count(summary.failed)),
                        Measurement("cancelled", .count(summary.cancelled)), Measurement("hung", .count(summary.long)),
                        Measurement("longest", .duration(summary.longest)),
                        Measurement("closed_without_reply", .count(summary.wordless)),
                    ], events: [summary.first, summary.last].compactMap { $0 })
            ],
            stack: summary.stack, advice: Self.advice(summary, subject))
    }

    private static func confidence(_ summary: HandshakeSummary, _ analysis: TraceAnalysis) -> Confidence {
        if summary.failed > 0 || summary.long > 0 {
            return Confidence(.certain, because: "the TLS library returned the error, or took so long")
        }
        let lost = analysis.lost([.tlsHandshake, .socketIO], since: analysis.startedAt)
        if lost > 0 {
            return Confidence(
                .unproven, because: "the peer's answers may be among \(ReadableText.count(lost, "lost record"))")
        }
        return Confidence(.medium, because: "the port is one that TLS uses; poolscope does not record what was sent")
    }

    private static func advice(_ summary: HandshakeSummary, _ subject: Subject) -> String {
        let isCertificate = summary.errors.contains { $0.name.contains("x509.") || $0.name.contains("Certificate") }
        if isCertificate {
            return
                "This program rejects the certificate of \(subject): check its expiry, names and chain, and the "
                + "authorities that the program trusts (openssl s_client -connect, -showcerts)."
        }
        return
            "Find out what ends or delays connections to \(subject) before the handshake: a proxy or firewall on the path, a "
            + "server that expects no TLS there or is overloaded. Give handshakes a deadline."
    }
}
