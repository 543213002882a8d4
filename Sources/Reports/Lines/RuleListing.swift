// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// The rules with their thresholds, as text and as JSON (`poolscope.rules/1`, docs/configuration.md).
public struct RuleListing {
    public static let schema = "poolscope.rules/1"
    private let rules: [(id: String, summary: String)]
    private let options: RuleOptions

    public init(rules: [(id: String, summary: String)], options: RuleOptions) {
        self.rules = rules
        self.options = options
    }

    public var text: String {
        var page = TextPage(isColored: false)
        for (index, rule) in rules.enumerated() {
            if index > 0 { page.blank() }
            let off = options.disabled.contains(rule.id) ? " (switched off)" : ""
            page.paragraph("\(rule.id): \(rule.summary)\(off)")
            let rows = settings(of: rule.id).map { setting -> [String] in
                let value = setting.text(in: options.thresholds)
                let usual = setting.text(in: Thresholds())
                return [setting.name, value, value == usual ? "" : "default \(usual)"]
            }
            page.table(rows, rightAligned: [1])
        }
        return page.text
    }

    public var json: String {
        let rules = rules.map { rule -> JSONValue in
            [
                "rule": .string(rule.id), "summary": .string(rule.summary),
                "is_disabled": .bool(options.disabled.contains(rule.id)),
                "thresholds": .array(
                    settings(of: rule.id).map { setting in
                        [
                            "name": .string(setting.name), "value": .string(setting.text(in: options.thresholds)),
                            "default": .string(setting.text(in: Thresholds())),
                        ]
                    }),
            ]
        }
        let document: JSONValue = ["schema": .string(Self.schema), "rules": .array(rules)]
        return document.text + "\n"
    }

    private func settings(of rule: String) -> [ThresholdSetting] { ThresholdSetting.all.filter { $0.rule == rule } }
}
