// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Diagnosis
import TraceModel

/// Which rules are decided, and where they draw their lines. What a flag says wins over the configuration.
struct RuleArguments: ParsableArguments {
    @Option(help: "Thresholds, rules and suppressions, as JSON: docs/configuration.md.")
    var config: String?

    @Option(help: "Another threshold than the default, such as lease-leak.age=30s. Can be given several times.")
    var threshold: [String] = []

    @Option(help: "Only these rules, such as lease-leak,pool-wait. 'poolscope rules' lists them.")
    var rules: RuleList?

    @Option(help: "All rules but these.")
    var disable: RuleList?

    /// Reads the configuration, if there is one.
    func configuration() throws -> RuleConfiguration {
        try config.map(ConfigurationFile.read) ?? RuleConfiguration()
    }

    func options(_ configuration: RuleConfiguration) throws -> RuleOptions {
        var thresholds = Thresholds()
        for setting in RuleRegistry.thresholds {
            if let text = configuration.thresholds[setting.name] { _ = setting.set(text, in: &thresholds) }
        }
        try setThresholds(in: &thresholds)
        let wanted = Set(rules?.ids ?? configuration.rules ?? RuleRegistry.names)
        // A list of rules on the command line is meant as it stands.
        let unwanted = Set(disable?.ids ?? (rules == nil ? configuration.disabled : []))
        let disabled = Set(RuleRegistry.names.filter { !wanted.contains($0) || unwanted.contains($0) })
        if RuleRegistry.all.allSatisfy({ disabled.contains($0.id) }) {
            throw ValidationError("No rule is left to decide. Name one in --rules that is not in --disable.")
        }
        return RuleOptions(thresholds: thresholds, disabled: disabled, suppressions: configuration.suppressions)
    }

    private func setThresholds(in thresholds: inout Thresholds) throws {
        for text in threshold {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first.map(RuleRegistry.currentName)
            guard parts.count == 2, let setting = RuleRegistry.thresholds.first(where: { $0.name == name }) else {
                let names = RuleRegistry.thresholds.map(\.name).joined(separator: ", ")
                throw ValidationError("'\(text)' is not NAME=VALUE with a name of: \(names).")
            }
            guard setting.set(parts[1], in: &thresholds) else {
                throw ValidationError("'\(parts[1])' is no value of \(setting.name). Write \(setting.form).")
            }
        }
    }

    func validate() throws {
        if let unknown = rules?.unknown ?? disable?.unknown {
            throw ValidationError("There is no rule '\(unknown)'. 'poolscope rules' lists them.")
        }
        _ = try options(RuleConfiguration())
    }
}

/// Rules by identifier, with commas between them.
struct RuleList: ExpressibleByArgument {
    let ids: [String]

    init(argument: String) {
        ids = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            RuleRegistry.currentName(String($0))
        }
    }

    /// The first that is no rule.
    var unknown: String? { ids.first { !RuleRegistry.names.contains($0) } }
}
