// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import TraceModel

/// What `analyze` and `record` have in common.
struct AnalysisOptions: ParsableArguments {
    @Option(help: "The least severity that makes the exit code 1: note, warning or critical.")
    var failOn: Severity = .note

    @Option(help: "Another threshold than the default, such as lease-leak.age=30s. Can be given several times.")
    var threshold: [String] = []

    func thresholds() throws -> Thresholds {
        var thresholds = Thresholds()
        for text in threshold {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let setting = ThresholdSetting.all.first(where: { $0.name == parts[0] }),
                setting.set(parts[1], in: &thresholds)
            else {
                let names = ThresholdSetting.all.map(\.name).joined(separator: ", ")
                throw ValidationError("'\(text)' is not NAME=VALUE with a name of: \(names).")
            }
        }
        return thresholds
    }

    func validate() throws { _ = try thresholds() }
}

extension Severity: ExpressibleByArgument {}
