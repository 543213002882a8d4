// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .fraction(let value): text += Self.decimal(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            Self.write(elements.map { (nil, $0) }, brackets: ("[", "]"), to: &text, indent: indent)
        case .object(let members):
            Self.write(members.map { ($0.0, $0.1) }, brackets: ("{", "}"), to: &text, indent: indent)
        }
    }

    func writeLine(to text: inout String) {
        switch self {
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.writeLine(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.0, to: &text)
                text += ":"
                member.1.writeLine(to: &text)
            }
            text += "}"
        default: write(to: &text, indent: "")
        }
    }

    private static func write(
        _ members: [(String?, JSONValue)], brackets: (String, String), to text: inout String, indent: String
    ) {
        text += brackets.0
        let deeper = indent + "  "
        for (index, member) in members.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            text += deeper
            if let key = member.0 {
                write(key, to: &text)
                text += ": "
            }
            member.1.write(to: &text, indent: deeper)
        }
        text += (members.isEmpty ? "" : "\n" + indent) + brackets.1
    }

    /// RFC 8259, section 7. Control characters beyond ASCII are escaped too: the document may be shown on a terminal.
    private static func write(_ string: String, to text: inout String) {
        // Nearly every string is one that needs no look at its characters' categories.
        if string.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            text += "\"\(string)\""
            return
        }
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default:
                if SafeText.isHazard(scalar) {
                    for unit in String(scalar).utf16 {
                        let hex = String(unit, radix: 16)
                        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                    }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }

    private static func decimal(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "null" }
        let scaled = Int64((value * 10_000).rounded())
        let digits = String(scaled.magnitude % 10_000)
        let padded = String(repeating: "0", count: 4 - digits.count) + digits
        return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / 10_000).\(padded)"
    }
}
