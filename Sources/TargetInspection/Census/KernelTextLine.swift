// SPDX-License-Identifier: Apache-2.0

/// The fields of one line of a `/proc/net` table, from left to right; spaces separate them.
struct KernelTextLine {
    private var rest: UnsafeRawBufferPointer

    init(_ line: UnsafeRawBufferPointer) { rest = line }

    /// The next field; `nil`: the line has no more.
    mutating func field() -> UnsafeRawBufferPointer? {
        let start = rest.drop { $0 == UInt8(ascii: " ") }
        let field = start.prefix { $0 != UInt8(ascii: " ") }
        rest = UnsafeRawBufferPointer(rebasing: start[field.endIndex...])
        return field.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: field)
    }

    /// Passes over `count` fields; `nil`: the line has fewer.
    mutating func skip(_ count: Int) -> Void? {
        for _ in 0..<count where field() == nil { return nil }
        return ()
    }

    /// The next field as a decimal number; `nil`: missing, not a number, or too large.
    mutating func decimal() -> UInt64? {
        guard let field = field() else { return nil }
        var value: UInt64 = 0
        for byte in field {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = scaled.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || overflow2 { return nil }
            value = sum
        }
        return value
    }

    /// The next field as a hexadecimal number of at most 32 bits.
    mutating func hexadecimal() -> UInt32? { field().flatMap { Self.hexadecimal($0[...]) } }

    /// What follows the one space after the last field: a path, which may hold spaces. Empty: nothing.
    func remainder() -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest[...])
    }

    /// One to eight hexadecimal digits; `nil`: anything else.
    static func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt32? {
        guard !digits.isEmpty, digits.count <= 8 else { return nil }
        var value: UInt32 = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    /// Calls `each` for every line after the heading. Returns how many `each` could not read.
    static func forEach(in table: UnsafeRawBufferPointer, _ each: (UnsafeRawBufferPointer) -> Bool) -> Int {
        var unreadable = 0
        for line in table.split(separator: UInt8(ascii: "\n")).dropFirst()
        where !each(UnsafeRawBufferPointer(rebasing: line)) {
            unreadable += 1
        }
        return unreadable
    }
}
