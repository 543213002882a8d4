// SPDX-License-Identifier: Apache-2.0

/// CRC-32C (Castagnoli), as in iSCSI and ext4: RFC 3720 appendix B.4 has test values.
enum CRC32C {
    /// Eight tables of 256 entries: eight bytes a step (slicing-by-8), as the polynomial has no instruction in Swift.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for value in 0..<256 {
            var crc = UInt32(value)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
            tables[value] = crc
        }
        for table in 1..<8 {
            for value in 0..<256 {
                let previous = tables[(table - 1) * 256 + value]
                tables[table * 256 + value] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var crc: UInt32 = 0xFFFF_FFFF
            var offset = 0
            while offset &+ 8 <= bytes.count {
                let word = bytes.littleEndian(at: offset, as: UInt64.self) ^ UInt64(crc)
                crc = tables[1792 &+ Int(word & 0xFF)] ^ tables[1536 &+ Int((word >> 8) & 0xFF)]
                crc ^= tables[1280 &+ Int((word >> 16) & 0xFF)] ^ tables[1024 &+ Int((word >> 24) & 0xFF)]
                crc ^= tables[768 &+ Int((word >> 32) & 0xFF)] ^ tables[512 &+ Int((word >> 40) & 0xFF)]
                crc ^= tables[256 &+ Int((word >> 48) & 0xFF)] ^ tables[Int(word >> 56)]
                offset &+= 8
            }
            while offset < bytes.count {
                crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
                offset &+= 1
            }
            return ~crc
        }
    }
}
