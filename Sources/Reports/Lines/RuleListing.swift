// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// The rules with their thresholds, as text and as JSON (`poolscope.rules/1`, docs/configuration.md).
public struct RuleListing {
    public static let schema = "poolscope.rules/1"
    private let rules: [any Rule]
    private let options: RuleOptions

    public init(rules: [any Rule], options: RuleOptions) {
        self.rules = rules
        self.options = options
    }

    public var text: String {
        var page = TextPage(isColored: false)
        for (index, rule) in rules.enumerated() {
            if index > 0 { page.blank() }
            let off = options.disabled.contains(rule.id) ? " (switched off)" : ""
            page.paragraph("\(rule.id): \(rule.summary)\(off)")
            let rows = rule.thresholds.map { setting -> [String] in
                let value = setting.value(in: options.thresholds)
                let isUsual = value == setting.usualValue
                return [setting.name, value.description, isUsual ? "" : "default \(setting.usualValue)"]
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
                    rule.thresholds.map { setting in
                        [
                            "name": .string(setting.name),
                            "value": .string(setting.value(in: options.thresholds).description),
                            "default": .string(setting.usualValue.description),
                        ]
                    }),
            ]
        }
        let document: JSONValue = ["schema": .string(Self.schema), "rules": .array(rules)]
        return document.text + "\n"
    }
}
