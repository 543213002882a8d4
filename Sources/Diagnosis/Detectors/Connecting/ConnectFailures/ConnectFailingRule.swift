// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Connects are refused, find no way, or get no answer; or the server ends them in their start-up.
public struct ConnectFailingRule: Rule {
    public let id = "connect-failing"
    public let summary = "connects are refused, unreachable, not answered, or turned away"

    /// Failures at one endpoint, or ports of one address that fail.
    static let failures = Threshold<UInt64>("connect-failing.failures", 3)
    public let thresholds: [any ThresholdSetting] = [failures]
    public let cutOffs: [CutOff.Kind] = [.startUps]

    /// A walk goes through many ports, and tries each about once; fewer, or the same again and again, are services of one
    /// host.
    private static let walkPorts = 8
    private static let walkAttempts = 1.5

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.socketConnect) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Connects were not traced.")))
        }
        let lost = analysis.lost([.socketConnect, .socketState], since: analysis.startedAt)
        let failing = analysis.connects.filter { $0.failureCount > 0 }
        let hosts = Self.byAddress(failing, atLeast: thresholds[Self.failures])
        let grouped = Set(hosts.flatMap { $0.map(\.endpoint) })
        let single = failing.filter {
            !grouped.contains($0.endpoint) && $0.failureCount >= thresholds[Self.failures]
        }
        let findings =
            (hosts + single.map { [$0] }).map { finding($0, lost: lost, analysis) }
            + startUpFindings(analysis, thresholds)
        let caveats = caveats(analysis, lost: lost) + startUpCaveats(analysis)
        if findings.isEmpty, lost > 0 {
            let reason =
                "Failures may be missing: poolscope lost \(ReadableText.count(lost, "record")) of connects, of TCP states "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: findings.isEmpty ? .clean : .findings(findings), caveats: caveats)
    }

    private func caveats(_ analysis: TraceAnalysis, lost: UInt64) -> [Reason] {
        var caveats: [Reason] = []
        if !analysis.isTraced(.socketState) {
            caveats.append(
                .notTraced("Non-blocking connects end with a TCP state change, and TCP states were not traced."))
        }
        if analysis.undecidedConnects > 0 {
            caveats.append(
                .unknown(
                    "The trace does not show how \(ReadableText.count(analysis.undecidedConnects, "connect")) ended."))
        }
        if analysis.unlistedConnectFailures > 0 {
            caveats.append(
                .cutOff(
                    "\(ReadableText.count(analysis.unlistedConnectFailures, "failure")) at other endpoints not listed."
                ))
        }
        return caveats
    }

    /// Endpoints of one address of which so many fail, and never answered, that it is the address: its host is down, or
    /// somebody walks through its ports.
    private static func byAddress(_ failing: [ConnectSummary], atLeast: UInt64) -> [[ConnectSummary]] {
        var order: [Endpoint] = []
        var groups: [Endpoint: [ConnectSummary]] = [:]
        for summary in failing where summary.successes == 0 {
            guard let address = summary.endpoint.withoutPort else { continue }
            if groups[address] == nil { order.append(address) }
            groups[address, default: []].append(summary)
        }
        return order.compactMap { groups[$0] }.filter { UInt64($0.count) >= max(2, atLeast) }
    }

    private func finding(_ group: [ConnectSummary], lost: UInt64, _ analysis: TraceAnalysis) -> Finding {
        let failures = group.reduce(UInt64(0)) { $0 &+ $1.failureCount }
        let attempts = group.reduce(UInt64(0)) { $0 &+ $1.attempts }
        let successes = group.reduce(UInt64(0)) { $0 &+ $1.successes }
        let longest = group.map(\.longestFailure).max() ?? .zero
        var errors: [Int32: UInt64] = [:]
        for (error, count) in group.flatMap(\.failures) { errors[error, default: 0] &+= count }
        let causes = errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let text = causes.map { "\($0.value) \(Self.name($0.key))" }.joined(separator: ", ")
        let isHost = group.count > 1
        let isWalk = group.count >= Self.walkPorts && Double(attempts) <= Self.walkAttempts * Double(group.count)
        let subject: Subject = isHost ? Self.ports(group) : .endpoint(group[0].endpoint)
        var sentence =
            "\(failures) of \(ReadableText.count(attempts, "attempt")) failed (\(successes == 0 ? "none" : "\(successes)") succeeded): \(text)"
        if isHost { sentence += "; none of the \(group.count) ports ever answered" }
        sentence += "; the longest attempt took \(ReadableText.duration(longest))"
        if let descriptor = group[0].descriptor { sentence += "; fd \(descriptor) failed last" }
        let events = group.prefix(5).flatMap { [$0.firstFailure, $0.lastFailure].compactMap { $0 } }
        var numbers = [
            Measurement("failed", .count(failures)), Measurement("attempts", .count(attempts)),
            Measurement("succeeded", .count(successes)), Measurement("longest", .duration(longest)),
        ]
        numbers += causes.map { Measurement(Self.measurement($0.key), .count($0.value)) }
        if isHost { numbers.append(Measurement("ports", .count(UInt64(group.count)))) }
        let isOver = group.allSatisfy { !$0.isLastFailed }
        return Finding(
            rule: id, severity: isOver ? .note : .warning,
            confidence: lost == 0
                ? Confidence(.certain, because: "the kernel reported each failure")
                : Confidence(
                    .unproven,
                    because: "the attempts that succeeded may be among \(ReadableText.count(lost, "lost record"))"),
            headline: isHost
                ? "Connects to \(group.count) ports of one address fail"
                : "\(ReadableText.count(failures, "connect")) failed",
            subject: subject, firstSeen: group.compactMap(\.firstFailure?.timestamp).min() ?? analysis.startedAt,
            lastSeen: group.compactMap(\.lastFailure?.timestamp).max() ?? analysis.endedAt, count: failures,
            evidence: [
                Evidence(
                    sentence + ".", measurements: numbers, events: Array(Set(events)).sorted { $0.ordinal < $1.ordinal }
                )
            ],
            stack: group.compactMap(\.stack).first, advice: Self.advice(causes.first?.key ?? 0, subject, isWalk: isWalk)
        )
    }

    private static func ports(_ group: [ConnectSummary]) -> Subject {
        .ports(group.compactMap(\.endpoint.port).sorted(), host: group[0].endpoint.addressText)
    }

    private static func name(_ error: Int32) -> String {
        error == 0 ? "abandoned without an answer" : ErrorNumber.text(error)
    }

    private static func measurement(_ error: Int32) -> String {
        switch error {
        case 0: "given_up"
        case 110: "timed_out"
        case 111: "refused"
        case 101, 113: "unreachable_\(error)"
        default: "errno_\(error)"
        }
    }

    private static func advice(_ error: Int32, _ subject: Subject, isWalk: Bool) -> String {
        if isWalk {
            return
                "Give the address and port of the service in the configuration instead of trying one port after another."
        }
        switch error {
        case 0, 110:
            return
                "Check that the host of \(subject) is up and that no firewall drops the packets: nothing answered."
        case 111: return "Start the server on \(subject), or correct the address: nothing listens there."
        case 100, 101, 112, 113: return "Check the route to \(subject), its host and its link: it cannot be reached."
        case 99:
            return "Reuse connections, or widen net.ipv4.ip_local_port_range: no local port is left for \(subject)."
        case 2: return "Start the server that makes \(subject), or correct the path."
        case 11: return "Raise the backlog of the server on \(subject), or accept faster: its queue is full."
        case 1, 13:
            return "Allow the connection to \(subject) in the local firewall or policy, or correct the permissions."
        case 23, 24: return "Close descriptors that are not in use, or raise the limit: none was left."
        default: return "Look at the server on \(subject): it fails the connection with \(ErrorNumber.text(error))."
        }
    }
}
