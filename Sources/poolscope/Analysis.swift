// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Correlation
import Glibc
import Reports
import Rules
import TraceFile
import TraceModel

/// From a trace to a report: the wiring of reader, correlator, rules and renderer.
enum Analysis {
    static func report(on path: String, options: RuleOptions) throws -> Report {
        let reader = try TraceReader(path: path)
        var correlator = Correlator(thresholds: options.thresholds)
        let description = try reader.description()
        if let process = description.process { correlator.consume(.process(process)) }
        if let plan = description.plan { correlator.consume(.plan(plan)) }
        correlator.consume(.symbols(description.symbols))
        if let end = description.end { correlator.consume(.end(end)) }
        var ordinal: UInt64 = 0
        let summary = try reader.forEachInTimeOrder { record in
            correlator.consume(record, ordinal: ordinal)
            ordinal += 1
        }
        for loss in summary.lossRecords() {
            correlator.consume(loss, ordinal: ordinal)
            ordinal += 1
        }
        correlator.finish()
        return RuleRegistry.report(on: correlator.analysis(), options: options)
    }

    /// Prints the report on a trace, and returns the exit code that belongs to it.
    static func print(trace: String, format: String, options: RuleOptions, failOn: Severity) throws -> ExitCode {
        let report = try report(on: trace, options: options)
        guard let renderer = ReportRegistry.renderer(format: format) else {
            throw ValidationError("There is no format '\(format)'.")
        }
        let isColored = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
        Swift.print(renderer.render(report, RenderOptions(isColored: isColored)), terminator: "")
        return report.worstSeverity.map { $0 >= failOn } == true ? ExitCode(1) : .success
    }
}
