// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TraceModel

/// What a configuration file asks of the rules. docs/configuration.md describes its keys.
public struct RuleConfiguration: Sendable, Equatable {
    /// The thresholds that the file sets, as text, by name.
    public var thresholds: [String: String] = [:]
    /// `nil`: every rule.
    public var rules: [String]?
    public var disabled: [String] = []
    /// `nil`: the file does not say.
    public var failOn: Severity?
    public var suppressions: [Suppression] = []

    private static let keys = ["threshold", "rules", "disable", "fail-on", "suppress"]
    private static let suppressionKeys = ["rule", "subject", "function", "reason"]

    public init() {}

    /// Reads a file's content. Whatever is not known, or not usable, is an error that names the key and the remedy.
    public init(json: [UInt8]) throws {
        let top = try ConfigurationNode(json: json).object("the document")
        for key in top.keys.sorted() where !Self.keys.contains(key) {
            throw ConfigurationError.unknownKey(key, in: "the document", known: Self.keys)
        }
        if let node = top["threshold"] { thresholds = try Self.thresholds(node) }
        if let node = top["rules"] { rules = try Self.rules(node, "rules") }
        if let node = top["disable"] { disabled = try Self.rules(node, "disable") }
        if let node = top["fail-on"] { failOn = try Self.severity(node) }
        for (index, node) in try (top["suppress"]?.array("suppress") ?? []).enumerated() {
            suppressions.append(try Self.suppression(node, "suppress[\(index)]"))
        }
    }

    private static func thresholds(_ node: ConfigurationNode) throws -> [String: String] {
        var thresholds: [String: String] = [:]
        var scratch = Thresholds()
        for (key, value) in try node.object("threshold").sorted(by: { $0.key < $1.key }) {
            let name = RuleRegistry.currentName(key)
            guard let setting = RuleRegistry.thresholds.first(where: { $0.name == name }) else {
                throw ConfigurationError.unknownKey(name, in: "threshold", known: RuleRegistry.thresholds.map(\.name))
            }
            let text = try value.text("threshold.\(name)")
            guard setting.set(text, in: &scratch) else {
                throw ConfigurationError.unusable(
                    "threshold.\(name)", "'\(text)' is not one of its values",
                    remedy: "Write \(setting.form).")
            }
            thresholds[name] = text
        }
        return thresholds
    }

    private static func rules(_ node: ConfigurationNode, _ key: String) throws -> [String] {
        try node.array(key).enumerated().map { index, node in try rule(node, "\(key)[\(index)]") }
    }

    /// - Parameter names: What is allowed; for a finding that is known, rules only.
    private static func rule(
        _ node: ConfigurationNode, _ key: String, of names: [String] = RuleRegistry.names
    ) throws -> String {
        let id = RuleRegistry.currentName(try node.string(key))
        guard names.contains(id) else {
            throw ConfigurationError.unusable(
                key, "there is no rule '\(id)'", remedy: "`poolscope rules` lists them.")
        }
        return id
    }

    private static func severity(_ node: ConfigurationNode) throws -> Severity {
        let text = try node.string("fail-on")
        guard let severity = Severity(rawValue: text) else {
            throw ConfigurationError.unusable(
                "fail-on", "'\(text)' is no severity",
                remedy: "Write \(Severity.allCases.map(\.rawValue).joined(separator: " or ")).")
        }
        return severity
    }

    private static func suppression(_ node: ConfigurationNode, _ key: String) throws -> Suppression {
        let members = try node.object(key)
        for name in members.keys.sorted() where !suppressionKeys.contains(name) {
            throw ConfigurationError.unknownKey(name, in: key, known: suppressionKeys)
        }
        guard let rule = members["rule"] else {
            throw ConfigurationError.unusable("\(key).rule", "it is missing", remedy: "Name the rule.")
        }
        let reason = try members["reason"]?.string("\(key).reason") ?? ""
        if !reason.contains(where: { !$0.isWhitespace }) {
            throw ConfigurationError.unusable(
                "\(key).reason", "it is missing", remedy: "Say why the finding is accepted: the report prints it.")
        }
        let suppression = Suppression(
            rule: try Self.rule(rule, "\(key).rule", of: RuleRegistry.all.map(\.id)),
            subject: try members["subject"]?.string("\(key).subject"),
            function: try members["function"]?.string("\(key).function"), reason: reason)
        if suppression.subject == nil, suppression.function == nil {
            throw ConfigurationError.unusable(
                key, "it names neither a subject nor a function",
                remedy: "Add one, as a report prints it; to do without the whole rule, use disable.")
        }
        return suppression
    }
}
