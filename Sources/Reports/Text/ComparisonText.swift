// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// A comparison for a terminal: what is new or worse first.
public struct ComparisonText {
    private let comparison: TraceComparison
    private let names: (before: String, after: String)

    /// - Parameter names: of the two traces, as the user gave them.
    public init(_ comparison: TraceComparison, names: (before: String, after: String)) {
        self.comparison = comparison
        self.names = names
    }

    public func render(_ options: RenderOptions) -> String {
        var page = TextPage(isColored: options.isColored)
        page.paragraph(sentence, style: comparison.hasSetback(of: .note) ? .warning : .good)
        page.blank()
        page.paragraph(Self.text(comparison.before, names.before), first: "A  ")
        page.paragraph(Self.text(comparison.after, names.after), first: "B  ")
        if let note = processNote { page.paragraph(note, first: "   ") }
        for change in comparison.changes {
            page.blank()
            write(change, to: &page)
        }
        return page.text
    }

    private var sentence: String {
        let parts = CauseChange.Status.allCases.compactMap { status -> String? in
            let count = comparison.count(status)
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }
        return parts.isEmpty ? "No finding in either trace." : parts.joined(separator: ", ") + "."
    }

    private var processNote: String? {
        guard let before = comparison.before.analysis.process, let after = comparison.after.analysis.process,
            before.name != after.name
        else { return nil }
        return "The traces are of two programs: \(before.name) and \(after.name)."
    }

    private static func text(_ report: Report, _ name: String) -> String {
        let analysis = report.analysis
        let time = analysis.wallClock.map { " from \($0.text(of: analysis.startedAt))" } ?? ""
        let undecided = report.notEvaluated.count
        return "\(name): \(ReadableText.duration(analysis.duration))\(time)"
            + (analysis.end == nil ? ", cut off: it has no end" : "")
            + (analysis.losses.isEmpty ? "" : ", records were lost")
            + (undecided == 0 ? "" : ", \(ReadableText.count(UInt64(undecided), "rule")) not evaluated")
    }

    private func write(_ change: CauseChange, to page: inout TextPage) {
        let style = change.isSetback ? VerdictText.style(change.severity) : TextStyle.plain
        page.paragraph(
            "\(change.severity.rawValue) \(change.cause.rule), \(change.cause.subject)"
                + (change.cause.function.map { ", \($0)" } ?? ""), first: "\(change.status.rawValue): ", style: style)
        if let before = change.before { page.paragraph(Self.text(before), first: "   A  ") }
        if let after = change.after { page.paragraph(Self.text(after), first: "   B  ") }
        for reason in change.reasons { page.paragraph(reason, first: "   -  ") }
    }

    private static func text(_ summary: CauseSummary) -> String {
        var text = "\(summary.headline); \(ReadableText.number(summary.perMinute)) a minute"
        if let wait = summary.waitP99 { text += ", wait p99 \(ReadableText.duration(wait))" }
        if let hold = summary.holdP99 { text += ", hold p99 \(ReadableText.duration(hold))" }
        return text + " (\(summary.confidence.rawValue))"
    }
}
