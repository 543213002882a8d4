// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The process runs, or has run, into its limit of descriptors.
public struct FdExhaustionRule: Rule {
    public let id = "fd-exhaustion"
    public let summary = "the process is near its descriptor limit, or has reached it"

    /// Share of RLIMIT_NOFILE in use.
    static let share = Threshold<Double>("fd-exhaustion.share", 0.8)
    public let thresholds: [any ThresholdSetting] = [share]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        let pressure = analysis.descriptorPressure
        let isLimitKnown = pressure.peak?.limit != nil
        guard isLimitKnown || analysis.isTraced(.socketAccept) else {
            let reason = "No snapshot shows the descriptor limit, and accepts were not traced."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced(reason)))
        }
        var caveats: [Reason] = []
        if !isLimitKnown {
            caveats.append(
                .notTraced("No snapshot shows the descriptor limit: poolscope only sees accepts that failed."))
        }
        if !analysis.isTraced(.socketAccept) {
            caveats.append(.notTraced("Accepts were not traced: poolscope only sees the snapshots."))
        }
        if let finding = finding(pressure, analysis, thresholds) {
            return RuleDecision(rule: id, verdict: .findings([finding]), caveats: caveats)
        }
        let lost = analysis.lost([.socketAccept, .censusEnd], since: analysis.startedAt)
        if lost > 0 {
            let reason =
                "Failures may be missing: poolscope lost \(ReadableText.count(lost, "record")) of accepts, of snapshots "
                + "or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private func finding(
        _ pressure: DescriptorPressure, _ analysis: TraceAnalysis, _ thresholds: Thresholds
    ) -> Finding? {
        let failures = pressure.failures.values.reduce(UInt64(0)) { $0 &+ $1 }
        let descriptors = pressure.peak?.descriptors ?? 0
        let limit = pressure.peak?.limit ?? 0
        let share = limit > 0 ? Double(descriptors) / Double(limit) : 0
        guard failures > 0 || share >= thresholds[Self.share], failures > 0 || limit > 0 else { return nil }
        var evidence: [Evidence] = []
        if limit > 0 {
            evidence.append(
                Evidence(
                    "At most \(descriptors) of \(limit) descriptors were in use (\(ReadableText.share(share))), "
                        + "\(pressure.peak?.sockets ?? 0) of them sockets.",
                    measurements: [
                        Measurement("descriptors", .count(descriptors)), Measurement("descriptor_limit", .count(limit)),
                        Measurement("sockets", .count(pressure.peak?.sockets ?? 0)),
                        Measurement("descriptor_share", .share(share)),
                    ], events: [pressure.peakCensus].compactMap { $0 }))
        }
        let causes = pressure.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if failures > 0 {
            var text = causes.map {
                "\(ReadableText.count($0.value, "accept")) failed with \(ErrorNumber.text($0.key))"
            }.joined(
                separator: ", ")
            if let listener = pressure.listener { text += ", the last one on \(listener)" }
            if let descriptor = pressure.listenerDescriptor { text += " (fd \(descriptor))" }
            evidence.append(
                Evidence(
                    text + ".", measurements: [Measurement("failed_accepts", .count(failures))],
                    events: [pressure.firstFailure, pressure.lastFailure].compactMap { $0 }))
        }
        let isHost = causes.first?.key == 23
        return Finding(
            rule: id, severity: failures > 0 ? .critical : .warning,
            confidence: Confidence(
                .certain,
                because: failures > 0
                    ? "the kernel refused accepts because no descriptor was left" : "a snapshot counted them"),
            headline: failures > 0
                ? "\(ReadableText.count(failures, "accept")) failed because no descriptor was left"
                : "\(ReadableText.share(share)) of the descriptors are in use",
            subject: pressure.listener.map { .endpoint($0) } ?? .process,
            firstSeen: (pressure.firstFailure ?? pressure.peakCensus)?.timestamp ?? analysis.startedAt,
            lastSeen: (pressure.lastFailure ?? pressure.peakCensus)?.timestamp ?? analysis.endedAt,
            count: max(failures, 1), evidence: evidence,
            advice: isHost
                ? "Raise fs.file-max of the host, and find the process that holds most files."
                : "Fix the leak of descriptors (socket-leak, lease-leak); if the program needs all of them, raise RLIMIT_NOFILE (LimitNOFILE= of "
                    + "the systemd unit).")
    }
}
