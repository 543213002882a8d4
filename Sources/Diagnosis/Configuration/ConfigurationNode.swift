// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A value of a configuration file, before its meaning is known.
enum ConfigurationNode: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([ConfigurationNode])
    case object([String: ConfigurationNode])

    init(json: [UInt8]) throws {
        do {
            self = try JSONDecoder().decode(ConfigurationNode.self, from: Data(json))
        } catch DecodingError.dataCorrupted(let context) {
            // The parser's own error has the line and column.
            throw ConfigurationError.notJSON(context.underlyingError.map { "\($0)" } ?? context.debugDescription)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ConfigurationNode].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: ConfigurationNode].self))
        }
    }

    func object(_ key: String) throws -> [String: ConfigurationNode] {
        if case .object(let members) = self { return members }
        throw ConfigurationError.unusable(key, "it is \(kind)", remedy: "Write an object: {...}.")
    }

    func array(_ key: String) throws -> [ConfigurationNode] {
        if case .array(let elements) = self { return elements }
        throw ConfigurationError.unusable(key, "it is \(kind)", remedy: "Write a list: [...].")
    }

    func string(_ key: String) throws -> String {
        if case .string(let text) = self { return text }
        throw ConfigurationError.unusable(key, "it is \(kind)", remedy: "Write a text in quotes.")
    }

    /// A text, or a number as the command line would have it.
    func text(_ key: String) throws -> String {
        guard case .number(let number) = self else { return try string(key) }
        return UInt64(exactly: number).map(String.init) ?? String(number)
    }

    private var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
