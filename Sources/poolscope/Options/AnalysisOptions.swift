// SPDX-License-Identifier: Apache-2.0
import Diagnosis
public import ArgumentParser
import TraceModel

/// What `analyze`, `record` and `diff` have in common.
struct AnalysisOptions: ParsableArguments {
    @Option(help: "The least severity that makes the exit code 1: note, warning or critical. (default: note)")
    var failOn: Severity?

    @OptionGroup var rules: RuleArguments

    /// What the flags and the configuration say together; flags win.
    func settings() throws -> (options: RuleOptions, failOn: Severity) {
        let configuration = try rules.configuration()
        return (try rules.options(configuration), failOn ?? configuration.failOn ?? .note)
    }
}

extension Severity: ExpressibleByArgument {}
