// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The kernel drops datagrams as a socket's receive buffer, or the host's memory for UDP, is full.
public struct UDPDropRule: Rule {
    public let id = "udp-drop"
    public let summary = "the kernel drops datagrams because the receive buffer is full"

    /// Datagrams that a socket lost.
    static let datagrams = Threshold<UInt64>("udp-drop.datagrams", 1)
    public let thresholds: [any ThresholdSetting] = [datagrams]
    /// What the kernel charges for a datagram of up to a page with its own structures (sk_buff's truesize).
    private static let chargeBytes: UInt64 = 2304

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.datagramDrop) || analysis.hasCensus else {
            return RuleDecision(
                rule: id,
                verdict: .notEvaluated(
                    reason: .notTraced("Dropped datagrams were not traced, and the trace has no socket snapshot.")))
        }
        let findings = analysis.results[UDPDrop.self].items.filter { $0.drops >= max(1, thresholds[Self.datagrams]) }
            .map { finding($0, analysis) }
        var caveats: [Reason] = []
        if !analysis.isTraced(.datagramDrop) {
            caveats.append(
                .notTraced("Drops were not traced: those of sockets that closed after the last snapshot are not known.")
            )
        }
        if analysis.results[UDPDrop.self].unlisted > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.results[UDPDrop.self].unlisted, "drop")) of other sockets not listed."
                ))
        }
        let lost = analysis.lost([.datagramDrop], since: analysis.startedAt)
        if findings.isEmpty, lost > 0, !analysis.hasCensus {
            let reason = "poolscope lost \(ReadableText.count(lost, "record")) of drops or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private func finding(_ drops: DatagramDrops, _ analysis: TraceAnalysis) -> Finding {
        let subject = Subject(drops.local, orUnknown: .address)
        let isHost = drops.hostDrops * 2 > drops.drops
        var text =
            "\(ReadableText.count(drops.drops, "datagram")) dropped, up to \(drops.longestBurst) in one burst; the buffer "
            + "has \(ReadableText.bytes(drops.bufferBytes)) as the kernel counts"
        if let descriptor = drops.descriptor { text += " (fd \(descriptor))" }
        if drops.hostDrops > 0 { text += "; \(drops.hostDrops) because the host's memory for UDP was full" }
        let need = Self.need(drops)
        return Finding(
            rule: id, severity: .warning,
            confidence: Confidence(.certain, because: "the kernel counted them"),
            headline:
                "The kernel dropped \(ReadableText.count(drops.drops, "datagram")) because the receive buffer was full",
            subject: subject,
            firstSeen: drops.first?.timestamp ?? analysis.startedAt,
            lastSeen: drops.last?.timestamp ?? analysis.endedAt,
            count: drops.drops,
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("drops", .count(drops.drops)), Measurement("host_drops", .count(drops.hostDrops)),
                        Measurement("longest_burst", .count(drops.longestBurst)),
                        Measurement("buffer", .bytes(drops.bufferBytes)), Measurement("advised_rcvbuf", .bytes(need)),
                    ], events: [drops.first, drops.last].compactMap { $0 })
            ],
            advice: isHost
                ? "Raise net.ipv4.udp_mem of the host: the memory for all of its UDP sockets was full."
                : "Read \(subject) faster, or set its SO_RCVBUF, and net.core.rmem_max at least, to "
                    + "\(ReadableText.bytes(need)): its present size plus room for the longest burst.")
    }

    /// What to ask for, which the kernel doubles: a power of two that holds what fits now and the longest burst.
    private static func need(_ drops: DatagramDrops) -> UInt64 {
        let (charge, isHuge) = drops.longestBurst.multipliedReportingOverflow(by: chargeBytes)
        let sum = isHuge ? .max : drops.bufferBytes.addingReportingOverflow(charge).partialValue
        // setsockopt takes an int.
        let wanted = min(sum / 2, 1 << 30)
        return wanted <= 4096 ? 4096 : 1 << UInt64(64 - (wanted - 1).leadingZeroBitCount)
    }
}
