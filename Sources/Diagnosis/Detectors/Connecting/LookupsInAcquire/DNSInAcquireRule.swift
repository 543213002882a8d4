// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Who asks a pool for a connection waits for the resolver.
public struct DNSInAcquireRule: Rule {
    public let id = "dns-in-acquire"
    public let summary = "acquires wait for name look-ups"

    /// Share of the time of acquires that is look-up.
    static let share = Threshold<Double>("dns-in-acquire.share", 0.1)
    /// A look-up of at least this is slow.
    static let lookup = Threshold<Duration>("dns-in-acquire.lookup", .milliseconds(50))
    /// Slow look-ups that make a habit.
    static let lookups = Threshold<UInt64>("dns-in-acquire.lookups", 3)
    /// A look-up that fails after at least this was not answered; one is enough.
    static let timeout = Threshold<Duration>("dns-in-acquire.timeout", .seconds(1))
    public let thresholds: [any ThresholdSetting] = [share, lookup, lookups, timeout]
    public let cutOffs: [CutOff.Kind] = [.pools]

    public init() {}

    public func decide(_ analysis: TraceAnalysis, _ thresholds: Thresholds) -> RuleDecision {
        guard analysis.isTraced(.nameLookup) else {
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .notTraced("Name look-ups were not traced.")))
        }
        let coverage = PoolCoverage(analysis, roles: ["acquire_begin", "acquire_end"])
        if let reason = coverage.reason { return RuleDecision(rule: id, verdict: .notEvaluated(reason: reason)) }
        var caveats = coverage.gaps
        for pool in coverage.pools where pool.lookups.lookups == 0 {
            // The look-up is known of the connection, but not of the acquire.
            if analysis.births.contains(where: { $0.pool == pool.id && $0.lookup.count > 0 }) {
                caveats.append(
                    .unknown("\(pool.name) dials in its own goroutines: their look-ups belong to no acquire."))
            }
        }
        let findings = coverage.pools.filter { Self.isBlocked($0.lookups, thresholds) }
            .map { finding($0, analysis, thresholds) }
        if !findings.isEmpty { return RuleDecision(rule: id, verdict: .findings(findings), caveats: caveats) }
        let lost = Self.lost(analysis)
        if lost > 0 {
            let reason =
                "Look-ups may be missing: poolscope lost \(ReadableText.count(lost, "record")) of them, of acquires or of unknown kind."
            return RuleDecision(rule: id, verdict: .notEvaluated(reason: .recordsLost(reason)), caveats: caveats)
        }
        return RuleDecision(rule: id, verdict: .clean, caveats: caveats)
    }

    private static func lost(_ analysis: TraceAnalysis) -> UInt64 {
        analysis.lost([.nameLookup, .poolAcquireBegin, .poolAcquireEnd], since: analysis.startedAt)
    }

    private static func isBlocked(_ lookups: AcquireLookups, _ thresholds: Thresholds) -> Bool {
        lookups.timedOut > 0
            || (lookups.slow >= max(1, thresholds[Self.lookups])
                && share(of: lookups) >= thresholds[Self.share])
    }

    private static func share(of lookups: AcquireLookups) -> Double {
        let whole = lookups.acquireTime.wholeNanoseconds
        return whole > 0 ? Double(lookups.lookupTime.wholeNanoseconds) / Double(whole) : 0
    }

    private func finding(_ pool: PoolSummary, _ analysis: TraceAnalysis, _ thresholds: Thresholds) -> Finding {
        let lookups = pool.lookups
        let share = Self.share(of: lookups)
        let lost = Self.lost(analysis)
        let slow = ReadableText.nonzero([
            "took \(ReadableText.duration(thresholds[Self.lookup])) or longer": lookups.slow,
            "failed after \(ReadableText.duration(thresholds[Self.timeout])) or longer": lookups.timedOut,
        ])
        let text =
            "\(ReadableText.count(lookups.acquires, "acquire")) looked up a name: "
            + "\(ReadableText.duration(lookups.lookupTime)) of the \(ReadableText.duration(lookups.acquireTime)) that they took "
            + "(\(ReadableText.share(share))). Of \(ReadableText.count(lookups.lookups, "look-up")), \(slow); the longest, of "
            + "\(lookups.longestName), took \(ReadableText.duration(lookups.longest))."
        return Finding(
            rule: id, severity: .warning,
            confidence: lost == 0
                ? Confidence(.certain, because: "the caller that waited for the connection made the look-up itself")
                : Confidence(.high, because: "poolscope lost records: there may be more look-ups"),
            headline: lookups.timedOut > 0
                ? "\(ReadableText.count(lookups.timedOut, "name look-up")) timed out inside acquires"
                : "Acquires spent \(ReadableText.share(share)) of their time on name look-ups",
            subject: Subject(pool), firstSeen: lookups.first?.timestamp ?? analysis.startedAt,
            lastSeen: lookups.last?.timestamp ?? analysis.endedAt, count: lookups.slow,
            evidence: [
                Evidence(
                    text,
                    measurements: [
                        Measurement("acquires", .count(lookups.acquires)),
                        Measurement("acquire_time", .duration(lookups.acquireTime)),
                        Measurement("lookup_time", .duration(lookups.lookupTime)),
                        Measurement("lookup_share", .share(share)), Measurement("lookups", .count(lookups.lookups)),
                        Measurement("slow", .count(lookups.slow)), Measurement("timed_out", .count(lookups.timedOut)),
                        Measurement("longest", .duration(lookups.longest)),
                    ], events: [lookups.first, lookups.last].compactMap { $0 })
            ],
            advice:
                "Look at the resolver that this host uses (/etc/resolv.conf: nameserver, timeout, search), run a cache "
                + "on the host, and keep connections open, so that the program looks up fewer names.")
    }
}
