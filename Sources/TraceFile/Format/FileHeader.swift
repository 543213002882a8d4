// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The 40 bytes at the start of a trace. Their layout is the same in all versions.
struct FileHeader: Equatable {
    var version = TraceFormat.version
    /// The oldest version whose readers understand this file.
    var minimumReaderVersion: UInt16 = 1
    var byteOrderMark = TraceFormat.byteOrderMark
    /// `PS_RECORDS_VERSION` of the writer.
    var recordsVersion = UInt32(PS_RECORDS_VERSION)
    /// Bytes from the start of the file to the first block.
    var length = UInt32(TraceFormat.fileHeaderSize)
    /// CRC-32C of the schema's JSON: a reader whose own schema is the same can do without the schema block.
    var schemaChecksum: UInt32
    var traceID: UInt32

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.copyBytes(from: TraceFormat.fileMagic)
        bytes.storeLittleEndian(version, at: 8)
        bytes.storeLittleEndian(minimumReaderVersion, at: 10)
        bytes.storeLittleEndian(byteOrderMark, at: 12)
        bytes.storeLittleEndian(recordsVersion, at: 16)
        bytes.storeLittleEndian(length, at: 20)
        bytes.storeLittleEndian(schemaChecksum, at: 24)
        bytes.storeLittleEndian(traceID, at: 28)
        bytes.storeLittleEndian(UInt32(0), at: 32)
        bytes.storeLittleEndian(CRC32C.checksum(.init(rebasing: UnsafeRawBufferPointer(bytes)[..<36])), at: 36)
    }
}

extension FileHeader {
    /// Reads a header whose magic has been checked; `nil` when its checksum is wrong. `bytes` holds 40 bytes.
    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= TraceFormat.fileHeaderSize,
            bytes.littleEndian(at: 36) == CRC32C.checksum(.init(rebasing: bytes[..<36]))
        else { return nil }
        self.init(
            version: bytes.littleEndian(at: 8), minimumReaderVersion: bytes.littleEndian(at: 10),
            byteOrderMark: bytes.littleEndian(at: 12), recordsVersion: bytes.littleEndian(at: 16),
            length: bytes.littleEndian(at: 20), schemaChecksum: bytes.littleEndian(at: 24),
            traceID: bytes.littleEndian(at: 28))
    }
}
