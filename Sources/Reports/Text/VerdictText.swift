// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// The first lines: the verdict, and what it is a verdict on.
enum VerdictText {
    static func write(_ report: Report, _ time: TraceTime, to page: inout TextPage) {
        page.paragraph(sentence(report), style: style(report))
        page.blank()
        let analysis = report.analysis
        if let process = analysis.process {
            let runtime = process.goVersion.map { ", \($0)" } ?? ""
            let host = process.hostName.isEmpty ? "" : " on \(process.hostName)"
            page.paragraph("\(process.name) (pid \(process.processID))\(runtime)\(host)", first: "process  ")
        }
        let wall = time.wall(analysis.startedAt).map { " from \($0)" } ?? ""
        page.paragraph(
            "\(ReadableText.duration(analysis.duration))\(wall), "
                + "\(ReadableText.count(analysis.recordCounts.values.reduce(0, &+), "record"))\(ending(analysis))",
            first: "trace    ")
    }

    private static func ending(_ analysis: TraceAnalysis) -> String {
        if let end = analysis.end { return ", ended: \(end.reason)" }
        return ", cut off: it has no end"
    }

    static func sentence(_ report: Report) -> String {
        let findings = report.findings
        let undecided = report.notEvaluated.count
        var rest = undecided == 0 ? "" : " \(ReadableText.count(UInt64(undecided), "rule")) not evaluated."
        if !report.suppressed.isEmpty {
            rest += " \(ReadableText.count(UInt64(report.suppressed.count), "known finding")) suppressed."
        }
        if findings.isEmpty {
            return undecided == report.decisions.count - report.disabled.count
                ? "Nothing could be decided." : "No finding.\(rest)"
        }
        let leases = findings.filter { !$0.leases.isEmpty }
        let leaked = leases.reduce(UInt64(0)) { $0 &+ $1.count }
        if leaked > 0 {
            let isProven = !leases.contains { $0.confidence.level == .unproven }
            return
                "\(ReadableText.count(leaked, "lease")) leaked at \(ReadableText.count(UInt64(leases.count), "call site"))"
                + (isProven ? "" : " (not proven)")
                + (findings.count > leases.count ? ", and \(others(findings.count - leases.count))." : ".") + rest
        }
        return "\(ReadableText.count(UInt64(findings.count), "finding")), "
            + "the worst: \(report.worstSeverity?.rawValue ?? "note").\(rest)"
    }

    private static func others(_ count: Int) -> String { ReadableText.count(UInt64(count), "other finding") }

    static func style(_ report: Report) -> TextStyle { report.worstSeverity.map(style) ?? .good }

    static func style(_ severity: Severity) -> TextStyle {
        switch severity {
        case .note: .note
        case .warning: .warning
        case .critical: .critical
        }
    }
}
