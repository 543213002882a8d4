// SPDX-License-Identifier: Apache-2.0

/// The 56 bytes before each payload.
struct BlockHeader: Equatable {
    /// `BlockType`, or what a newer version defines.
    var type: UInt16
    /// `BlockCodec`, or what a newer version defines.
    var codec: UInt8
    /// Bit 0: a reader that does not know the type may go on without the block.
    var flags: UInt8
    /// Payload bytes in the file, and after decompression.
    var storedLength: UInt32
    var rawLength: UInt32
    /// Records in the payload; 0 for other types.
    var recordCount: UInt32
    /// CRC-32C of the payload as stored.
    var payloadChecksum: UInt32
    /// Counts the blocks of the file from 0.
    var sequence: UInt64
    /// The smallest and the largest timestamp of the payload's records; 0 without records.
    var earliestNanoseconds: UInt64
    var latestNanoseconds: UInt64
    /// The file's own number: tells blocks of another trace that a file system left behind.
    var traceID: UInt32

    var isSkippable: Bool { flags & 1 != 0 }

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeLittleEndian(TraceFormat.blockMagic, at: 0)
        bytes.storeLittleEndian(type, at: 4)
        bytes.storeLittleEndian(codec, at: 6)
        bytes.storeLittleEndian(flags, at: 7)
        bytes.storeLittleEndian(storedLength, at: 8)
        bytes.storeLittleEndian(rawLength, at: 12)
        bytes.storeLittleEndian(recordCount, at: 16)
        bytes.storeLittleEndian(payloadChecksum, at: 20)
        bytes.storeLittleEndian(sequence, at: 24)
        bytes.storeLittleEndian(earliestNanoseconds, at: 32)
        bytes.storeLittleEndian(latestNanoseconds, at: 40)
        bytes.storeLittleEndian(traceID, at: 48)
        bytes.storeLittleEndian(CRC32C.checksum(.init(rebasing: UnsafeRawBufferPointer(bytes)[..<52])), at: 52)
    }
}

extension BlockHeader {
    /// Reads a header; `nil` when the magic or the checksum is wrong, or `bytes` is too short.
    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= TraceFormat.blockHeaderSize, bytes.littleEndian(at: 0) == TraceFormat.blockMagic,
            bytes.littleEndian(at: 52) == CRC32C.checksum(.init(rebasing: bytes[..<52]))
        else { return nil }
        self.init(
            type: bytes.littleEndian(at: 4), codec: bytes[6], flags: bytes[7], storedLength: bytes.littleEndian(at: 8),
            rawLength: bytes.littleEndian(at: 12), recordCount: bytes.littleEndian(at: 16),
            payloadChecksum: bytes.littleEndian(at: 20), sequence: bytes.littleEndian(at: 24),
            earliestNanoseconds: bytes.littleEndian(at: 32), latestNanoseconds: bytes.littleEndian(at: 40),
            traceID: bytes.littleEndian(at: 48))
    }
}
