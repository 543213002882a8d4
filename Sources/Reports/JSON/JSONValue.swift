// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// A JSON document whose keys stay in the order in which they were written.
///
/// The order and the number format are ours, so that the same report gives the same bytes with every toolchain.
enum JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    case null
    case bool(Bool)
    case number(Int64)
    case unsigned(UInt64)
    /// A part of one, written with four digits after the point.
    case fraction(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }

    init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
    init(_ value: UInt64?) { self = value.map(JSONValue.unsigned) ?? .null }
    init(_ value: Duration?) { self = value.map { .number($0.wholeNanoseconds) } ?? .null }

    /// On one line, without spaces.
    var line: String {
        var text = ""
        writeLine(to: &text)
        return text
    }

    /// Two spaces per level, no space before the colon.
    var text: String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }
}
