// SPDX-License-Identifier: Apache-2.0

/// A value of the document, which knows its place in it.
struct PoolsFileNode {
    /// A JSON value, before anything is known of it.
    enum Value: Decodable {
        case object([String: Value]), array([Value]), string(String), integer(Int), boolean(Bool), other

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let container = try? decoder.container(keyedBy: Key.self) {
                self = .object(
                    try container.allKeys.reduce(into: [:]) {
                        $0[$1.stringValue] = try container.decode(Value.self, forKey: $1)
                    })
            } else if var container = try? decoder.unkeyedContainer() {
                var values: [Value] = []
                while !container.isAtEnd { values.append(try container.decode(Value.self)) }
                self = .array(values)
            } else {
                let container = try decoder.singleValueContainer()
                if let boolean = try? container.decode(Bool.self) {
                    self = .boolean(boolean)
                } else if let integer = try? container.decode(Int.self) {
                    self = .integer(integer)
                } else if let string = try? container.decode(String.self) {
                    self = .string(string)
                } else {
                    self = .other
                }
            }
        }
    }

    let file: String
    let path: String
    let value: Value

    func error(_ reason: String, _ remedy: String) -> PoolsFileError {
        PoolsFileError(file: file, path: path, reason: reason, remedy: remedy)
    }

    /// The members of an object, none but those of `keys`.
    func members(_ keys: Set<String>) throws(PoolsFileError) -> [String: PoolsFileNode] {
        guard case .object(let members) = value else { throw error("it must be an object", "Write it in braces") }
        if let unknown = members.keys.filter({ !keys.contains($0) }).min() {
            throw error(
                "there is no key \"\(unknown)\" here", "Use only: \(keys.sorted().joined(separator: ", "))")
        }
        var nodes: [String: PoolsFileNode] = [:]
        for (key, value) in members { nodes[key] = PoolsFileNode(file: file, path: "\(path).\(key)", value: value) }
        return nodes
    }

    func elements() throws(PoolsFileError) -> [PoolsFileNode] {
        guard case .array(let elements) = value else { throw error("it must be a list", "Write it in brackets") }
        var nodes: [PoolsFileNode] = []
        for (index, value) in elements.enumerated() {
            nodes.append(PoolsFileNode(file: file, path: "\(path)[\(index)]", value: value))
        }
        return nodes
    }

    /// A text that is not empty, of at most 1024 bytes, all of them printable.
    func text() throws(PoolsFileError) -> String {
        guard case .string(let text) = value else { throw error("it must be a text", "Write it in quotes") }
        guard !text.isEmpty, text.utf8.count <= 1024,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else { throw error("it must have 1 to 1024 printable characters", "Correct it") }
        return text
    }

    func number(_ range: ClosedRange<Int>) throws(PoolsFileError) -> Int {
        guard case .integer(let number) = value, range.contains(number) else {
            throw error("it must be a whole number from \(range.lowerBound) to \(range.upperBound)", "Correct it")
        }
        return number
    }

    func truth() throws(PoolsFileError) -> Bool {
        guard case .boolean(let truth) = value else { throw error("it must be true or false", "Correct it") }
        return truth
    }
}

extension [String: PoolsFileNode] {
    /// A member that must be there.
    func required(_ key: String, of node: PoolsFileNode) throws(PoolsFileError) -> PoolsFileNode {
        guard let member = self[key] else { throw node.error("\"\(key)\" is missing", "Add it") }
        return member
    }
}
