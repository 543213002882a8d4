// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Say from a trace what is wrong: findings, pools, endpoints.",
        discussion: """
            Needs neither root nor the traced program: everything is in the trace. Exit code 0: clean, 1: findings, \
            2: the trace cannot be used, or shows nothing but is not whole.
            """)

    @Argument(help: "The trace.")
    var trace: String

    @Option(help: "\(ReportRegistry.all.map(\.format).joined(separator: " or ")).")
    var format = ReportRegistry.all[0].format

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
        guard ReportRegistry.renderer(format: format) != nil else {
            throw ValidationError("There is no format '\(format)'.")
        }
    }

    func run() throws {
        try reportingFailure {
            let (rules, failOn) = try options.settings()
            throw try Analysis.print(trace: trace, format: format, options: rules, failOn: failOn)
        }
    }
}
