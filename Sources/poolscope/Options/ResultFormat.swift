// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import ArgumentParser
import FoundationEssentials

/// How a command prints its result.
enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// Indented JSON with sorted keys, in the form of the report's: `words_joined_so`.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
