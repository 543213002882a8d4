// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports
import Diagnosis

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List the rules, with what they look for and where they draw their lines.",
        discussion: """
            With the same options as 'analyze', it shows what these make of the rules: so a configuration can be checked. \
            docs/rules has a page on each rule.
            """)

    @Option(help: "text or json.")
    var format: ResultFormat = .text

    @OptionGroup var rules: RuleArguments

    func run() throws {
        try reportingFailure {
            let options = try rules.options(try rules.configuration())
            let list = RuleListing(rules: RuleRegistry.all, options: options)
            print(format == .json ? list.json : list.text, terminator: "")
        }
    }
}
