// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Diagnosis
import Glibc
import PoolAdapters
import Reports
import TraceFile
import TraceModel

/// From a trace to a report: the wiring of reader, correlator, rules and renderer.
enum Analysis {
    /// What a trace says, and whether all of it was there.
    static func report(on path: String, options: RuleOptions) throws -> (report: Report, read: ReadSummary) {
        let reader = try TraceReader(path: path)
        var correlator = Correlator(thresholds: options.thresholds)
        describe(try reader.description(), to: &correlator)
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
        return (RuleRegistry.report(on: correlator.analysis(), options: options), summary)
    }

    /// Tells the correlator what the trace says about itself, before its records.
    static func describe(_ description: TraceDescription, to correlator: inout Correlator) {
        if let process = description.process { correlator.consume(.process(process)) }
        if let plan = description.plan { correlator.consume(.plan(AdapterRegistry.completed(plan))) }
        correlator.consume(.symbols(description.symbols))
        if let end = description.end { correlator.consume(.end(end)) }
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
