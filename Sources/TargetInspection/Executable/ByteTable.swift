// SPDX-License-Identifier: Apache-2.0

/// Bytes of a foreign program, read as little-endian numbers. Each read is checked: outside of the bytes it is `nil`.
struct ByteTable: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    private func load<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return nil }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    func uint8(at offset: Int) -> UInt8? { load(UInt8.self, at: offset) }
    func uint16(at offset: Int) -> UInt16? { load(UInt16.self, at: offset) }
    func uint32(at offset: Int) -> UInt32? { load(UInt32.self, at: offset) }
    func uint64(at offset: Int) -> UInt64? { load(UInt64.self, at: offset) }
    func int32(at offset: Int) -> Int32? { load(Int32.self, at: offset) }

    /// A 64-bit number that is to serve as an offset or a count; `nil` also when it does not fit.
    func offset(at offset: Int) -> Int? { uint64(at: offset).flatMap { Int(exactly: $0) } }

    /// The bytes of a zero-terminated string; `nil` when no zero follows within `limit` bytes.
    func string(at offset: Int, limit: Int = 65536) -> String? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let end = min(bytes.count, offset &+ limit)
        guard let zero = bytes[offset..<end].firstIndex(of: 0) else { return nil }
        return String(decoding: bytes[offset..<zero], as: UTF8.self)
    }

    /// A base-128 number, least significant group first (Go's `encoding/binary.Uvarint`), and the offset after it.
    func variableLengthNumber(at start: Int) -> (value: UInt64, next: Int)? {
        var value: UInt64 = 0
        var offset = start
        for shift in stride(from: 0, to: 63, by: 7) {
            guard let byte = uint8(at: offset) else { return nil }
            offset += 1
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte & 0x80 == 0 { return (value, offset) }
        }
        return nil
    }

    /// The offset of the first `pattern` at a multiple of `alignment` from `start` on; `nil`: none.
    func firstOffset(of pattern: UInt64, mask: UInt64 = .max, alignment: Int, from start: Int = 0) -> Int? {
        guard start >= 0, alignment > 0 else { return nil }
        return bytes.withUnsafeBytes { buffer in
            var offset = start
            while offset <= buffer.count - 8 {
                let word = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                if word & mask == pattern { return offset }
                offset += alignment
            }
            return nil
        }
    }
}
