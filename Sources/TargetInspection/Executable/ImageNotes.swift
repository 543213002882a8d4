// SPDX-License-Identifier: Apache-2.0

/// The build ids among an ELF file's notes.
struct ImageNotes {
    private(set) var buildID: String?
    private(set) var goBuildID: String?

    /// A build id is at most 64 bytes, Go's about 100; a note segment of more than this is not read.
    private static let maximumSize: UInt64 = 1 << 20
    private static let gnuBuildIDType: UInt32 = 3
    private static let goBuildIDType: UInt32 = 4

    init(file: ExecutableFile, segments: [ImageSegment], sections: [ImageSection]) {
        var ranges = segments.filter { $0.type == ImageSegment.note }.map { ($0.fileOffset, $0.fileSize) }
        ranges += sections.filter { $0.type == 7 }.map { ($0.fileOffset, $0.size) }
        for (offset, size) in ranges where size <= Self.maximumSize {
            guard let bytes = file.read(at: offset, count: Int(size)) else { continue }
            read(ByteTable(bytes))
        }
    }

    private mutating func read(_ table: ByteTable) {
        var offset = 0
        while let nameSize = table.uint32(at: offset), let size = table.uint32(at: offset + 4),
            let type = table.uint32(at: offset + 8)
        {
            let name = offset + 12
            let content = name + (Int(nameSize) + 3) & ~3
            let end = content + Int(size)
            guard end <= table.count, name + Int(nameSize) <= table.count else { return }
            let owner = table.bytes[name..<(name + Int(nameSize))].prefix { $0 != 0 }
            if type == Self.gnuBuildIDType, owner.elementsEqual("GNU".utf8), buildID == nil {
                buildID = Hexadecimal.text(table.bytes[content..<end])
            } else if type == Self.goBuildIDType, owner.elementsEqual("Go".utf8), goBuildID == nil {
                goBuildID = String(decoding: table.bytes[content..<end], as: UTF8.self)
            }
            offset = content + (Int(size) + 3) & ~3
        }
    }
}
