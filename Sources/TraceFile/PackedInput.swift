// SPDX-License-Identifier: Apache-2.0

/// The rest of one stream of a packed payload.
struct PackedInput {
    var cursor: UnsafeRawPointer
    let end: UnsafeRawPointer

    var isEmpty: Bool { cursor == end }

    @inline(__always)
    mutating func byte() -> UInt8? {
        guard cursor < end else { return nil }
        defer { cursor += 1 }
        return cursor.load(as: UInt8.self)
    }

    /// The next LEB128 number; `nil`: the payload ends inside it, or it does not fit 64 bits.
    @inline(__always)
    mutating func varint() -> UInt64? {
        guard cursor < end else { return nil }
        let first = cursor.load(as: UInt8.self)
        cursor += 1
        return first < 0x80 ? UInt64(first) : longVarint(UInt64(first & 0x7F))
    }

    @inline(__always)
    private mutating func longVarint(_ start: UInt64) -> UInt64? {
        var value = start
        var shift: UInt64 = 7
        while cursor < end {
            let byte = cursor.load(as: UInt8.self)
            cursor += 1
            if shift == 63 && byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        return nil
    }
}
