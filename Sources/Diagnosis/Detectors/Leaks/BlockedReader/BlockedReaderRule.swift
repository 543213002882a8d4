// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// More and more goroutines read, without a deadline, from peers that have never said a word.
public struct BlockedReaderRule: Rule {
    public let id = "blocked-reader"
    public let summary = "reads without a deadline wait for peers that never send anything"

    /// How long a read waits.
    static let age = Threshold<Duration>("blocked-reader.age", .seconds(30))
    /// Such reads at one endpoint.
    static let reads = Threshold<UInt64>("blocked-reader.reads", 3)
    public let thresholds: [any ThresholdSetting] = [age, reads]
    private static let tcp: UInt16 = 6
    private static let established: UInt16 = 1
    /// Dials ahead of need, and has each connection read by a goroutine that is to notice its end.
    private static let readsAhead = "net/http.(*Transport)."

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        if let reason = Self.gap(in: analysis, thresholds) {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason))
        }
        let reads = analysis.waitingReads.filter { Self.isBlocked($0, analysis, thresholds) }
        var order: [Endpoint] = []
        var groups: [Endpoint: [WaitingRead]] = [:]
        for read in reads {
            guard let endpoint = read.socket.remote else { continue }
            if groups[endpoint] == nil { order.append(endpoint) }
            groups[endpoint, default: []].append(read)
        }
        var caveats: [Reason] = []
        if analysis.unlistedWaitingReads > 0 {
            caveats.append(
                .cutOff("\(ReadableText.count(analysis.unlistedWaitingReads, "younger read")) not evaluated."))
        }
        let lost = analysis.lost([.socketIO, .socketClose], since: analysis.startedAt)
        var findings: [Finding] = []
        for (endpoint, reads) in order.compactMap({ endpoint in groups[endpoint].map { (endpoint, $0) } })
        where Self.isGrowing(reads, thresholds) {
            if let ended = analysis.endedFirstReads[endpoint], ended > 0 {
                caveats.append(
                    .otherExplanation(
                        "\(endpoint): \(ReadableText.count(ended, "read")) waited as long for a first byte and then ended, so "
                            + "those that still wait are not evaluated."))
            } else {
                findings.append(finding(reads, endpoint, lost: lost, analysis))
            }
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private static func gap(in analysis: TraceAnalysis, _ thresholds: Thresholds) -> Reason? {
        guard analysis.isTraced(.deadline) else {
            return .notTraced("Read deadlines were not recorded. For Go programs, record with --deadlines.")
        }
        for (kind, name) in [(RecordKind.socketIO, "Receives"), (.socketOpen, "The opening of sockets")]
        where !analysis.isTraced(kind) {
            return .notTraced("\(name) were not traced.")
        }
        let lost = analysis.lost([.deadline], since: analysis.startedAt)
        if lost > 0 {
            return .recordsLost(
                "poolscope lost \(ReadableText.count(lost, "record")) of deadlines or of unknown kind.")
        }
        guard analysis.duration < thresholds[Self.age] * 2 else { return nil }
        return .tooShort(
            "The trace lasts \(ReadableText.duration(analysis.duration)); growth shows after "
                + "\(ReadableText.duration(thresholds[Self.age] * 2)).")
    }

    /// Opened in the trace, established, without a deadline, and nothing has ever come.
    private static func isBlocked(_ read: WaitingRead, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Bool {
        let socket = read.socket
        guard read.deadline == ReadDeadline.none, socket.id.bornAt != nil, !socket.isAccepted,
            socket.receivedBytes == 0,
            socket.protocolNumber == tcp, socket.state == established,
            analysis.endedAt - read.event.timestamp >= thresholds[Self.age]
        else { return false }
        // Who goes on sending, such as logs, does not wait for an answer: its reader is there to notice the end.
        if let last = socket.lastActivity?.timestamp, last - read.event.timestamp > thresholds[Self.age] / 2 {
            return false
        }
        if socket.sentBytes > 0 { return true }
        // Nothing was asked: it may be a connection that is kept ready. Its opener must be known, and not keep such.
        guard let frames = socket.openStack?.frames, !frames.isEmpty else { return false }
        return !frames.contains { $0.function.hasPrefix(readsAhead) }
    }

    /// New ones came long after the first, and that one waits still.
    private static func isGrowing(_ reads: [WaitingRead], _ thresholds: Thresholds) -> Bool {
        guard UInt64(reads.count) >= max(2, thresholds[Self.reads]), let first = reads.first,
            let last = reads.last
        else { return false }
        return last.event.timestamp - first.event.timestamp >= thresholds[Self.age]
    }

    private func finding(_ reads: [WaitingRead], _ endpoint: Endpoint, lost: UInt64, _ analysis: TraceAnalysis)
        -> Finding
    {
        let waits = reads.map { analysis.endedAt - $0.event.timestamp }
        let longest = waits.max() ?? .zero
        let asked = UInt64(reads.count { $0.socket.sentBytes > 0 })
        let leased = UInt64(reads.count { $0.isLeased })
        let descriptors = reads.compactMap(\.socket.descriptor).sorted().prefix(10).map(String.init)
        let number = ReadableText.count(UInt64(reads.count), "read")
        let shortest = waits.min() ?? .zero
        var text =
            "\(number) wait for up to \(ReadableText.duration(longest)), the latest for \(ReadableText.duration(shortest)); "
            + "the peer has sent nothing since the connections were opened; the program sent data on \(asked) of them; none "
            + "has a deadline"
        if leased > 0 { text += "; \(leased) are leased" }
        if !descriptors.isEmpty { text += " (fd \(descriptors.joined(separator: ", ")))" }
        let site = reads.compactMap(\.socket.openStack).first?.site?.function ?? "the program"
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(
                    .high, because: "none has a deadline, none has ever received a byte, and their number grows")
                : Confidence(.unproven, because: "what came may be among \(ReadableText.count(lost, "lost record"))"),
            headline:
                "\(number) wait without a deadline for a peer that never sends anything",
            subject: .endpoint(endpoint), firstSeen: reads.first?.event.timestamp ?? analysis.startedAt,
            lastSeen: analysis.endedAt, count: UInt64(reads.count),
            evidence: [
                Evidence(
                    text + ".",
                    measurements: [
                        Measurement("reads", .count(UInt64(reads.count))), Measurement("longest", .duration(longest)),
                        Measurement("shortest", .duration(shortest)), Measurement("asked", .count(asked)),
                        Measurement("leased", .count(leased)),
                    ], events: reads.prefix(5).map(\.event))
            ],
            stack: reads.compactMap(\.socket.openStack).first,
            advice:
                "Where \(site) connects to \(endpoint), set a deadline for the first answer (SetReadDeadline, a timeout in the "
                + "client), and find out why that peer accepts connections and sends nothing.")
    }
}
