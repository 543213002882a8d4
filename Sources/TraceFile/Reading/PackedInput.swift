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
        if first < 0x80 {
            cursor += 1
            return UInt64(first)
        }
        return end - cursor >= 8 ? wideVarint() : longVarint()
    }

    /// The same where eight bytes are left, which are looked at together.
    @inline(__always)
    private mutating func wideVarint() -> UInt64? {
        let word = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
        let lastBits = ~word & 0x8080_8080_8080_8080
        if lastBits == 0 { return longVarint() }
        cursor += (lastBits.trailingZeroBitCount &+ 1) &>> 3
        // Seven bits of each byte up to the last one, moved together by pairs.
        var value = word & (lastBits ^ (lastBits &- 1)) & 0x7F7F_7F7F_7F7F_7F7F
        value = (value & 0x007F_007F_007F_007F) | (value & 0x7F00_7F00_7F00_7F00) &>> 1
        value = (value & 0x0000_3FFF_0000_3FFF) | (value & 0x3FFF_0000_3FFF_0000) &>> 2
        return (value & 0x0FFF_FFFF) | (value & 0x0FFF_FFFF_0000_0000) &>> 4
    }

    private mutating func longVarint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
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
