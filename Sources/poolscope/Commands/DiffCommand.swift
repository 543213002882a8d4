// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import ArgumentParser
import Glibc
import Reports
import TraceModel

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two traces of a program by cause: what is new, worse, better, gone.",
        discussion: """
            A cause is a rule, a pool or endpoint, and the acquiring function. Exit code 0: nothing is new or worse in the \
            second trace, 1: something is, 2: a trace cannot be used, or nothing is but the second is not whole. \
            docs/diff.md says how they are compared.
            """)

    @Argument(help: "The trace to compare with, such as that of the last release.")
    var before: String

    @Argument(help: "The trace to judge.")
    var after: String

    @Option(help: "text or json.")
    var format: ResultFormat = .text

    @Option(help: "By how much a rate or a p99 must differ to be another one.")
    var factor = 1.5

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
        guard factor.isFinite, factor >= 1 else { throw ValidationError("The factor must be 1 or more.") }
    }

    func run() throws {
        try reportingFailure {
            let (rules, failOn) = try options.settings()
            let (old, new) = (
                try Analysis.report(on: before, options: rules), try Analysis.report(on: after, options: rules)
            )
            let comparison = TraceComparison(old.report, new.report, factor: factor)
            switch format {
            case .json: print(ComparisonJSON(comparison, names: (before, after)).render(), terminator: "")
            case .text:
                let isColored = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
                let text = ComparisonText(comparison, names: (before, after))
                print(text.render(RenderOptions(isColored: isColored)), terminator: "")
            }
            if comparison.hasSetback(of: failOn) { throw ExitCode(1) }
            if let missing = new.read.incompleteness(of: after) {
                StandardError.write("poolscope: \(missing)")
                throw ExitCode(2)
            }
        }
    }
}
