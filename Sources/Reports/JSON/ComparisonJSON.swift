// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// A comparison for programs: docs/diff.md describes each key.
public struct ComparisonJSON {
    public static let schema = "poolscope.diff/1"
    private let comparison: TraceComparison
    private let names: (before: String, after: String)

    /// - Parameter names: of the two traces, as the user gave them.
    public init(_ comparison: TraceComparison, names: (before: String, after: String)) {
        self.comparison = comparison
        self.names = names
    }

    public func render() -> String {
        let document: JSONValue = [
            "schema": .string(Self.schema), "factor": .fraction(comparison.factor),
            "a": Self.trace(comparison.before, names.before), "b": Self.trace(comparison.after, names.after),
            "counts": .object(
                CauseChange.Status.allCases.map { ($0.rawValue, .unsigned(UInt64(comparison.count($0)))) }),
            "changes": .array(comparison.changes.map(Self.change)),
        ]
        return document.text + "\n"
    }

    private static func trace(_ report: Report, _ name: String) -> JSONValue {
        let analysis = report.analysis
        return [
            "trace": .string(name), "process": JSONValue(analysis.process?.name),
            "started_at": JSONValue(analysis.wallClock?.text(of: analysis.startedAt)),
            "duration_ns": JSONValue(analysis.duration), "is_complete": .bool(analysis.end != nil),
            "has_losses": .bool(!analysis.losses.isEmpty || analysis.end?.lost.values.contains { $0 > 0 } == true),
            "not_evaluated": .array(report.notEvaluated.map { .string($0.rule) }),
        ]
    }

    private static func change(_ change: CauseChange) -> JSONValue {
        [
            "status": .string(change.status.rawValue), "severity": .string(change.severity.rawValue),
            "rule": .string(change.cause.rule), "subject": .string(change.cause.subject),
            "function": JSONValue(change.cause.function), "reasons": .array(change.reasons.map { .string($0) }),
            "a": summary(change.before), "b": summary(change.after),
        ]
    }

    private static func summary(_ summary: CauseSummary?) -> JSONValue {
        guard let summary else { return .null }
        return [
            "severity": .string(summary.severity.rawValue), "confidence": .string(summary.confidence.rawValue),
            "headline": .string(summary.headline), "count": .unsigned(summary.count),
            "per_minute": .fraction(summary.perMinute), "wait_p99_ns": JSONValue(summary.waitP99),
            "hold_p99_ns": JSONValue(summary.holdP99),
        ]
    }
}
