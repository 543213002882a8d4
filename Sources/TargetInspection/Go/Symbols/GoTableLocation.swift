// SPDX-License-Identifier: Apache-2.0

/// Where Go's function table is in an executable.
///
/// It has its own section (`.gopclntab`, or `.data.rel.ro.gopclntab` in position-independent programs up to 1.25),
/// except when an external linker made a position-independent program: then it lies somewhere in `.data.rel.ro`.
struct GoTableLocation {
    /// Link-time address of the header.
    let address: UInt64
    let table: ByteTable
    let header: GoTableHeader

    /// 1 GiB: more than any program has.
    private static let maximumSize: UInt64 = 1 << 30

    init(image: ExecutableImage) throws(InspectionError) {
        for name in [".gopclntab", ".data.rel.ro.gopclntab"] {
            guard let section = image.section(named: name), section.size <= Self.maximumSize,
                let bytes = image.bytes(of: section)
            else { continue }
            let table = ByteTable(bytes)
            if let header = GoTableHeader(table) {
                self.init(address: section.address, table: table, header: header)
                return
            }
        }
        for (address, offset, size) in Self.candidates(in: image) where size <= Self.maximumSize {
            guard let bytes = image.read(fileOffset: offset, count: Int(size)) else { continue }
            if let location = Self(scanning: ByteTable(bytes), at: address) {
                self = location
                return
            }
        }
        throw .notGo(image.path, "function table")
    }

    private init(address: UInt64, table: ByteTable, header: GoTableHeader) {
        self.address = address
        self.table = table
        self.header = header
    }

    /// Ranges to scan, the likely ones first: address, file offset, bytes.
    private static func candidates(in image: ExecutableImage) -> [(UInt64, UInt64, UInt64)] {
        let sections = [".data.rel.ro", ".rodata"].compactMap { image.section(named: $0) }
            .map { ($0.address, $0.fileOffset, $0.size) }
        let segments = image.segments.filter { $0.isLoaded && !$0.isExecutable }
            .map { ($0.address, $0.fileOffset, $0.fileSize) }
        return sections + segments
    }

    private init?(scanning table: ByteTable, at address: UInt64) {
        var next = 0
        let mask = ~UInt64(1)
        while let offset = table.firstOffset(of: GoTableHeader.magic118 & mask, mask: mask, alignment: 8, from: next) {
            if let header = GoTableHeader(table, at: offset), Self.isConsistent(header, in: table, at: offset) {
                self.init(
                    address: address &+ UInt64(offset), table: ByteTable(Array(table.bytes[offset...])), header: header)
                return
            }
            next = offset + 8
        }
        return nil
    }

    /// The first functions are in order and their records agree with the index: eight bytes alone may be a coincidence.
    private static func isConsistent(_ header: GoTableHeader, in table: ByteTable, at start: Int) -> Bool {
        let base = start + header.functions
        var last: UInt32 = 0
        for index in 0..<min(header.functionCount, 16) {
            guard let entry = table.uint32(at: base + 8 * index), let record = table.uint32(at: base + 8 * index + 4),
                entry >= last, table.uint32(at: base + Int(record)) == entry
            else { return false }
            last = entry
        }
        return true
    }
}
