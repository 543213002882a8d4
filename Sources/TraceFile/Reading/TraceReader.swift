// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Reads a trace file, and says what it could not read. docs/file-format.md describes the file.
///
/// Opening goes over the block headers once; each pass then reads the file again, block by block. A truncated tail and
/// damaged blocks are not errors: they are in the `ReadSummary`. Not for use by several threads at once, nor by the body of
/// a pass.
public final class TraceReader {
    public let path: String
    let file: InputFile
    let index: BlockIndex
    /// `nil`: the schema block is lost, and the schema is not this version's.
    let unpacker: RecordUnpacker?
    /// The file header is damaged: what it said is taken from the blocks.
    private let hasDamagedHeader: Bool
    private let decompressor = PayloadDecompressor()
    /// A second thread does the work of a pass up to the calls of its body.
    var readsAhead = ReadingThread.hasSecondProcessor

    /// Opens the trace at `path`; links are followed.
    ///
    /// - Throws: `TraceFileError`: not there, not readable, a directory, not a regular file, empty, not a trace, cut off
    ///   inside its header, or of a newer version.
    public init(path: String) throws(TraceFileError) {
        self.path = path
        let file = try InputFile(path: path)
        self.file = file
        let header = try Self.fileHeader(file)
        hasDamagedHeader = header == nil
        let start = header.map { UInt64($0.length) } ?? UInt64(TraceFormat.fileHeaderSize)
        index = try BlockIndex(file: file, start: start, traceID: header?.traceID)
        let schema = try Self.schema(file, index, decompressor, checksum: header?.schemaChecksum)
        unpacker = schema.map(RecordUnpacker.init(schema:))
    }

    /// Checks what every version of the file has in common. `nil`: the header is damaged, which the blocks survive.
    private static func fileHeader(_ file: InputFile) throws(TraceFileError) -> FileHeader? {
        if file.size == 0 { throw .empty(file.path) }
        let bytes = try file.bytes(at: 0, count: TraceFormat.fileHeaderSize)
        guard bytes.prefix(8).elementsEqual(TraceFormat.fileMagic.prefix(bytes.count)) else {
            throw .notATrace(file.path)
        }
        if bytes.count < TraceFormat.fileHeaderSize { throw .truncatedHeader(file.path, size: file.size) }
        guard let header = FileHeader(bytes: bytes), header.length >= TraceFormat.fileHeaderSize else { return nil }
        if header.minimumReaderVersion > TraceFormat.version {
            throw .newerVersion(
                file.path, what: "format", file: UInt32(header.minimumReaderVersion),
                reader: UInt32(TraceFormat.version))
        }
        if header.byteOrderMark != TraceFormat.byteOrderMark { throw .foreignByteOrder(file.path) }
        if header.recordsVersion > UInt32(PS_RECORDS_VERSION) {
            throw .newerVersion(
                file.path, what: "records", file: header.recordsVersion, reader: UInt32(PS_RECORDS_VERSION))
        }
        return header
    }

    /// The file's schema: its first block, or our own where the file header says that it is the same.
    private static func schema(
        _ file: InputFile, _ index: BlockIndex, _ decompressor: PayloadDecompressor, checksum: UInt32?
    ) throws(TraceFileError) -> TraceSchema? {
        for entry in index.entries.prefix(16) {
            guard let (header, stored) = try block(file, at: entry.offset),
                header.type == BlockType.schema.rawValue, CRC32C.checksum(stored) == header.payloadChecksum,
                let codec = BlockCodec(rawValue: header.codec)
            else { continue }
            let schema = decompressor.decompress(stored, codec: codec, rawLength: Int(header.rawLength)) {
                TraceSchema(json: $0)
            }
            if let schema, let schema { return schema }
        }
        let own = TraceSchema.currentJSON?.withUnsafeBytes { CRC32C.checksum($0) }
        return own != nil && own == checksum ? .current : nil
    }

    /// Header and stored payload at `offset`; `nil`: larger than any block may be, or gone since the file was opened.
    private static func block(
        _ file: InputFile, at offset: UInt64
    ) throws(TraceFileError) -> (BlockHeader, UnsafeRawBufferPointer)? {
        let size = TraceFormat.blockHeaderSize
        guard let header = BlockHeader(bytes: try file.bytes(at: offset, count: size)),
            header.storedLength <= TraceFormat.maximumBlockBytes, header.rawLength <= TraceFormat.maximumBlockBytes
        else { return nil }
        let bytes = try file.bytes(at: offset, count: size + Int(header.storedLength))
        guard bytes.count == size + Int(header.storedLength) else { return nil }
        return (header, UnsafeRawBufferPointer(rebasing: bytes[size...]))
    }

    /// What is known of the file before any payload is read.
    func newSummary() -> ReadSummary {
        var summary = ReadSummary()
        summary.fileBytes = file.size
        summary.truncatedAt = index.truncatedAt
        summary.missingBlocks = index.missingBlocks
        if hasDamagedHeader {
            summary.add(DamagedRange(cause: .checksum, bytes: 0..<UInt64(TraceFormat.fileHeaderSize), records: 0))
        }
        for range in index.damagedRanges { summary.add(range) }
        for mapping in unpacker?.mappings ?? [] {
            summary.missingFields += mapping?.missingFields ?? []
            summary.unknownFields += mapping?.unknownFields ?? []
        }
        return summary
    }

    /// Calls `body` with each whole block whose type `isWanted`, in file order; damaged ones go into `summary`.
    ///
    /// `body` gets the number of the block, its header and its payload, and returns how many records of it are lost if
    /// the content is malformed; `nil`: it is sound.
    func forEachBlock(
        _ summary: inout ReadSummary, where isWanted: (BlockType) -> Bool,
        _ body: (Int, BlockType, BlockHeader, UnsafeRawBufferPointer) throws -> UInt64?
    ) throws {
        for (number, entry) in index.entries.enumerated() {
            guard let (header, stored) = try Self.block(file, at: entry.offset) else {
                summary.add(DamagedRange(cause: .malformed, bytes: entry.offset..<entry.offset + 56))
                continue
            }
            guard let type = BlockType(rawValue: header.type), let codec = BlockCodec(rawValue: header.codec) else {
                guard header.isSkippable else {
                    throw TraceFileError.unsupportedBlock(
                        path, type: header.type, codec: header.codec, offset: entry.offset)
                }
                summary.skippedBlocks += 1
                continue
            }
            guard isWanted(type) else { continue }
            guard CRC32C.checksum(stored) == header.payloadChecksum else {
                summary.add(header.damage(.checksum, at: entry.offset, records: UInt64(header.recordCount)))
                continue
            }
            let outcome = try decompressor.decompress(stored, codec: codec, rawLength: Int(header.rawLength)) {
                try body(number, type, header, $0)
            }
            if let lost = outcome ?? .some(UInt64(header.recordCount)) {
                summary.add(header.damage(.malformed, at: entry.offset, records: lost))
            } else if type == .end {
                summary.isComplete = true
            }
        }
        summary.damagedRanges.sort { $0.bytes.lowerBound < $1.bytes.lowerBound }
    }

    /// Reads the metadata blocks only.
    ///
    /// - Throws: `TraceFileError` when the disk fails, or a block needs a newer poolscope.
    public func description() throws -> TraceDescription {
        var description = TraceDescription()
        var summary = newSummary()
        try forEachBlock(&summary, where: { $0 != .records && $0 != .schema }) { _, type, _, payload in
            if let metadata = TraceMetadata(type: type, json: payload) { description.add(metadata) }
            return nil
        }
        return description
    }
}
