// SPDX-License-Identifier: Apache-2.0

/// `R_X86_64_RELATIVE`: the loader stores load bias + addend. In a position-independent executable on disk, a pointer
/// in initialised data is known only from there.
struct RelativeRelocation {
    let address: UInt64
    let addend: UInt64
}

extension ExecutableImage {
    private static let entrySize = 24
    private static let relative: UInt64 = 8
    /// 10 million relocations.
    private static let maximumSize: UInt64 = 240_000_000

    /// The bytes of the dynamic relocation table (`DT_RELA`); empty: the program has none.
    func relocationTable() -> ByteTable {
        let empty = ByteTable([])
        guard let dynamic = segments.first(where: { $0.type == ImageSegment.dynamic }), dynamic.fileSize < 1 << 20,
            let bytes = file.read(at: dynamic.fileOffset, count: Int(dynamic.fileSize))
        else { return empty }
        let entries = ByteTable(bytes)
        var address: UInt64?
        var size: UInt64?
        for offset in stride(from: 0, to: entries.count - 15, by: 16) {
            switch entries.uint64(at: offset) {
            case 7: address = entries.uint64(at: offset + 8)
            case 8: size = entries.uint64(at: offset + 8)
            default: break
            }
        }
        guard let address, let size, size <= Self.maximumSize, let bytes = read(address: address, count: Int(size))
        else { return empty }
        return ByteTable(bytes)
    }

    /// The relative relocations of the table for which `isWanted` holds, in the table's order.
    func relativeRelocations(
        in table: ByteTable, where isWanted: (RelativeRelocation) -> Bool
    ) -> [RelativeRelocation] {
        table.bytes.withUnsafeBytes { buffer in
            var found: [RelativeRelocation] = []
            var offset = 0
            while offset <= buffer.count - Self.entrySize {
                if buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self) == Self.relative {
                    let relocation = RelativeRelocation(
                        address: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                        addend: buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
                    if isWanted(relocation) { found.append(relocation) }
                }
                offset += Self.entrySize
            }
            return found
        }
    }

    /// The bytes at a link-time address with relative relocations applied for a load bias of 0.
    func relocatedBytes(address: UInt64, count: Int, table: ByteTable) -> ByteTable? {
        guard var bytes = read(address: address, count: count) else { return nil }
        let end = address &+ UInt64(count)
        for relocation in relativeRelocations(in: table, where: { $0.address >= address && $0.address < end }) {
            let start = Int(relocation.address - address)
            guard start <= count - 8 else { continue }
            for index in 0..<8 { bytes[start + index] = UInt8(truncatingIfNeeded: relocation.addend >> (8 * index)) }
        }
        return ByteTable(bytes)
    }
}
