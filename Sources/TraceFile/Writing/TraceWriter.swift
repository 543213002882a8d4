// SPDX-License-Identifier: Apache-2.0
import Glibc
public import TraceModel

/// Writes a trace file. docs/file-format.md describes it.
///
/// Records wait in a block until the block is full or `flush()` is called; a crash loses what waits. Once the disk has
/// refused a block, no more records are taken, the rest is counted as lost, and `finish` still writes the losses and
/// the end, from space that was kept back. Not for use by several threads at once.
public final class TraceWriter {
    public var path: String { file.path }
    public internal(set) var counters = WriterCounters()
    /// Why the disk took no more; `nil`: all is well.
    public internal(set) var failure: TraceFileError?
    /// Sees all that is written from now on.
    public var observer: (any TraceObserver)?
    /// Kind names by kind, for `TraceEnd.lost`.
    let schema: TraceSchema
    let file: OutputFile
    let packer: RecordPacker
    private let compressor: PayloadCompressor
    private let traceID: UInt32
    private var sequence: UInt64 = 0
    private var blockBuffer: [UInt8] = []
    /// Records by kind that the disk did not take.
    var losses: [KindLoss]
    var isFinished = false

    private init(file: OutputFile, codec: BlockCodec, schema: TraceSchema) {
        self.file = file
        self.schema = schema
        packer = RecordPacker(schema: schema)
        compressor = PayloadCompressor(codec: codec)
        traceID = .random(in: 1 ... .max)
        losses = Array(repeating: KindLoss(), count: packer.kindCount)
    }

    /// Creates a trace at `path`, mode 0600.
    ///
    /// - Parameters:
    ///   - replaceExisting: a regular file of our own at `path` is removed first; anything else is always refused.
    ///   - codec: `.stored` for readers without zstd.
    ///   - reserveBytes: kept back on the disk for the symbols and the end of a trace that fills it.
    /// - Throws: `TraceFileError` when `path` is taken, is a link, or cannot be written.
    public static func create(
        path: String, replaceExisting: Bool = false, codec: BlockCodec = .zstd, reserveBytes: Int = 256 << 10
    ) throws(TraceFileError) -> TraceWriter {
        try create(
            path: path, replaceExisting: replaceExisting, codec: codec, reserveBytes: reserveBytes, schema: .current)
    }

    /// Finds out whether `create` would work, and changes nothing: for those who have much to do before they write.
    ///
    /// - Throws: what `create` would throw.
    public static func checkPath(_ path: String, replaceExisting: Bool) throws(TraceFileError) {
        try OutputFile.check(path, replaceExisting: replaceExisting)
    }

    /// A writer whose trace is kept nowhere: for who only observes it.
    ///
    /// - Throws: `TraceFileError` when even that cannot be opened.
    public static func unkept() throws(TraceFileError) -> TraceWriter {
        TraceWriter(file: try OutputFile.discarding(), codec: .stored, schema: .current)
    }

    /// For tests: a file with another schema, as an older or newer version would write it.
    static func create(
        path: String, replaceExisting: Bool = false, codec: BlockCodec = .zstd, reserveBytes: Int = 256 << 10,
        schema: TraceSchema
    ) throws(TraceFileError) -> TraceWriter {
        let json = try schema.json()
        let file = try OutputFile(creating: path, replaceExisting: replaceExisting)
        let writer = TraceWriter(file: file, codec: codec, schema: schema)
        do throws(TraceFileError) {
            try writer.start(schemaJSON: json)
        } catch {
            file.remove()
            throw error
        }
        file.reserve(bytes: reserveBytes)
        return writer
    }

    private func start(schemaJSON: [UInt8]) throws(TraceFileError) {
        var header = [UInt8](repeating: 0, count: TraceFormat.fileHeaderSize)
        let checksum = schemaJSON.withUnsafeBytes { CRC32C.checksum($0) }
        header.withUnsafeMutableBytes { FileHeader(schemaChecksum: checksum, traceID: traceID).write(to: $0) }
        let number = header.withUnsafeBytes { file.append($0) }
        if number != 0 { throw .cannotCreate(path, number) }
        counters.fileBytes = file.size
        let errorNumber = schemaJSON.withUnsafeBytes { writeBlock(.schema, payload: $0) }
        if errorNumber != 0 { throw .cannotCreate(path, errorNumber) }
    }

    /// Takes one record as its C struct.
    ///
    /// Returns `false`, and counts, when the kind is unknown, the size is not that of its struct, or the disk has
    /// refused an earlier block. Allocates nothing, except when the block is full and goes to the file.
    public func append(kind: UInt16, bytes: UnsafeRawBufferPointer) -> Bool {
        guard let size = packer.size(of: kind), bytes.count == size, let start = bytes.baseAddress, !isFinished else {
            counters.recordsRefused &+= 1
            return false
        }
        if failure != nil {
            losses[Int(kind)].add(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
            counters.recordsLost &+= 1
            return false
        }
        packer.append(kind: kind, bytes: start)
        if packer.isFull { sealRecords() }
        observer?.observe(kind: kind, bytes: bytes)
        return true
    }

    /// Takes one record; as `append(kind:bytes:)`.
    @discardableResult
    public func append(_ record: TraceRecord) -> Bool {
        record.withBytes { append(kind: record.header.kind, bytes: $0) }
    }

    /// Writes the waiting records to the file.
    ///
    /// - Throws: `TraceFileError` when the disk does not take them, now or earlier.
    public func flush() throws(TraceFileError) {
        if isFinished { throw .closed(path) }
        sealRecords()
        if let failure { throw failure }
    }

    /// Turns the waiting records into a block. On failure they are counted as lost and `failure` is set.
    func sealRecords() {
        guard !packer.isEmpty else { return }
        let bytesBefore = file.size
        let (number, packedBytes) = packer.withPayload { payload in
            let number = writeBlock(
                .records, payload: payload, records: packer.recordCount, earliest: packer.earliest,
                latest: packer.latest)
            return (number, payload.count)
        }
        if number == 0 {
            counters.recordsWritten &+= UInt64(packer.recordCount)
            counters.rawBytes &+= packer.rawBytes
            counters.packedBytes &+= UInt64(packedBytes)
            counters.storedBytes &+= file.size - bytesBefore
        } else {
            for kind in 0..<packer.kindCount { losses[kind].add(packer.kinds[kind].loss) }
            counters.recordsLost &+= UInt64(packer.recordCount)
            fail(number)
        }
        packer.reset()
    }

    func fail(_ number: Int32) {
        guard failure == nil else { return }
        failure = .writeFailed(
            path, number, savedBytes: file.size, savedRecords: counters.recordsWritten)
        file.releaseReserve()
    }

    /// Writes one block whole. Returns an error number; 0: done.
    func writeBlock(
        _ type: BlockType, payload raw: UnsafeRawBufferPointer, records: UInt32 = 0, earliest: UInt64 = 0,
        latest: UInt64 = 0
    ) -> Int32 {
        guard raw.count <= TraceFormat.maximumBlockBytes else { return EMSGSIZE }
        let number = compressor.compress(raw) { codec, stored in
            let header = BlockHeader(
                type: type.rawValue, codec: codec.rawValue, flags: 0, storedLength: UInt32(stored.count),
                rawLength: UInt32(raw.count), recordCount: records, payloadChecksum: CRC32C.checksum(stored),
                sequence: sequence, earliestNanoseconds: earliest, latestNanoseconds: latest, traceID: traceID)
            let size = TraceFormat.blockHeaderSize + stored.count
            if blockBuffer.count < size { blockBuffer = [UInt8](repeating: 0, count: size) }
            return blockBuffer.withUnsafeMutableBytes { block in
                header.write(to: block)
                UnsafeMutableRawBufferPointer(rebasing: block[TraceFormat.blockHeaderSize...]).copyMemory(from: stored)
                return file.append(UnsafeRawBufferPointer(rebasing: block[..<size]))
            }
        }
        if number == 0 {
            sequence += 1
            counters.blocks += 1
            counters.fileBytes = file.size
        }
        return number
    }
}
