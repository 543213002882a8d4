// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Diagnosis
import Glibc
import PoolAdapters
import Reports
import TraceFile
import TraceModel

/// From a trace to a report: the wiring of reader, analyzer, rules and renderer.
enum Analysis {
    /// What a trace says, and whether all of it was there.
    static func report(on path: String, options: RuleOptions) throws -> (report: Report, read: ReadSummary) {
        let reader = try TraceReader(path: path)
        var analyzer = TraceAnalyzer(try metadata(of: reader), thresholds: options.thresholds)
        let summary = try reader.forEachInTimeOrder { analyzer.consume($0) }
        analyzer.finish(losses: summary.lossRecords())
        return (RuleRegistry.report(on: analyzer.analysis(), options: options), summary)
    }

    /// What the trace says about itself, and what this version knows of the pools in it besides.
    static func metadata(of reader: TraceReader) throws -> [TraceMetadata] {
        var description = try reader.description()
        description.plan = description.plan.map { AdapterRegistry.completed($0) }
        return description.metadata
    }

    /// Prints the report on a trace, and returns the exit code that belongs to it: 0 only for a whole trace without
    /// findings, as what is missing may hold them.
    static func print(trace: String, format: String, options: RuleOptions, failOn: Severity) throws -> ExitCode {
        let (report, read) = try report(on: trace, options: options)
        let code = try print(report, format: format, failOn: failOn)
        guard code == .success, let missing = read.incompleteness(of: trace) else { return code }
        StandardError.write("poolscope: \(missing)")
        return ExitCode(2)
    }

    /// Prints a report on all that there was to see.
    static func print(_ report: Report, format: String, failOn: Severity) throws -> ExitCode {
        guard let renderer = ReportRegistry.renderer(format: format) else {
            throw ValidationError("There is no format '\(format)'.")
        }
        let isColored = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
        Swift.print(renderer.render(report, RenderOptions(isColored: isColored)), terminator: "")
        return report.worstSeverity.map { $0 >= failOn } == true ? ExitCode(1) : .success
    }
}
