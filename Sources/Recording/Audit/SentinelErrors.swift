// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// The errors that a program compares with: package variables that `errors.New` made, alike in type.
///
/// One is known by its address. Where the program has symbols, the variable is read. Without them, Go 1.21 and later
/// lay out what such a variable points to at link time: it stands among the program's own data, where nothing that is made
/// at run time does, and its text tells which one it is. Before, it is on the heap, and cannot be told there.
struct SentinelErrors {
    /// Variables by their texts: only these are ever named.
    private static let known = [
        "context canceled": "context.Canceled", "driver: bad connection": "database/sql/driver.ErrBadConn",
    ]
    /// `errors.errorString`: the address and the length of its text.
    private static let longestText = 64

    private let memory: TargetMemory
    private let data: [Range<UInt64>]
    /// Addresses of the variables, in the process.
    private let variables: [String: UInt64]

    init(process: TargetProcess) {
        memory = process.memory
        data = process.image.segments.filter { $0.isLoaded && $0.isWritable }.compactMap { segment in
            let start = process.address(ofLinkAddress: segment.address)
            let (end, overflow) = start.addingReportingOverflow(segment.memorySize)
            return overflow || end < start ? nil : start..<end
        }
        variables = process.image.symbols(named: Set(Self.known.values))
            .mapValues { process.address(ofLinkAddress: $0.address) }
    }

    /// The variable that has this error; `nil`: none of those that are known, or it cannot be told.
    ///
    /// - Parameter error: The two words of an `*errors.errorString`.
    func name(type: UInt64, value: UInt64) -> String? {
        for (name, variable) in variables
        where memory.readUInt64(variable) == type && memory.readUInt64(variable &+ 8) == value {
            return name
        }
        guard data.contains(where: { $0.contains(value) }), let text = memory.readUInt64(value),
            let length = memory.readUInt64(value &+ 8), length <= Self.longestText,
            let bytes = memory.read(text, count: Int(length))
        else { return nil }
        return Self.known[String(decoding: bytes, as: UTF8.self)]
    }
}
