// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// All findings of one cause in one trace.
public struct CauseSummary: Sendable {
    public var severity: Severity
    public var confidence: Confidence.Level
    /// Of the first of its findings.
    public var headline: String
    /// Over its findings: leases, waits, sockets.
    public var count: UInt64
    /// `count` over the length of the trace.
    public var perMinute: Double
    /// Durations that the findings state, and that are comparable: the longest of each.
    public var waitP99: Duration?
    public var holdP99: Duration?

    /// - Parameter findings: of one cause, at least one; `nil` without.
    public init?(_ findings: [Finding], over length: Duration) {
        guard let first = findings.first else { return nil }
        severity = findings.map(\.severity).max() ?? first.severity
        confidence = findings.map(\.confidence.level).max() ?? first.confidence.level
        headline = first.headline
        count = findings.reduce(0) { $0.addingSaturated($1.count) }
        let seconds = max(1, Double(length.wholeNanoseconds)) / 1e9
        perMinute = Double(count) * 60 / seconds
        waitP99 = Self.longest("wait_p99", in: findings)
        holdP99 = Self.longest("hold_p99", in: findings)
    }

    private static func longest(_ name: String, in findings: [Finding]) -> Duration? {
        findings.flatMap(\.evidence).flatMap(\.measurements).compactMap { measurement in
            if measurement.name == name, case .duration(let value) = measurement.value { value } else { nil }
        }.max()
    }
}
