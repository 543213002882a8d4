// SPDX-License-Identifier: Apache-2.0

/// The constants of the file format. docs/file-format.md says what each means.
enum TraceFormat {
    /// Like PNG's: a byte that is not text, a name, and line ends that a text-mode transfer would change.
    static let fileMagic: [UInt8] = [0x89, 0x50, 0x53, 0x43, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Bytes B5 50 53 42 in the file; the first is not valid UTF-8, so that JSON never holds it.
    static let blockMagic: UInt32 = 0x4253_50B5
    static let byteOrderMark: UInt32 = 0x0102_0304
    static let version: UInt16 = 1
    static let fileHeaderSize = 40
    static let blockHeaderSize = 56
    /// What a reader allocates for one block at most, whatever the block says.
    static let maximumBlockBytes = 64 << 20
    /// References per record kind in a packed block: a slot number is one byte.
    static let slotCount = 256
    /// Streams of a packed block before those of the lanes: kinds, slots, timestamps, change masks.
    static let leadingStreams = 4
    /// Lanes besides the timestamp: their change mask fits one 64-bit varint.
    static let maximumMaskedLanes = 63
    static let maximumRecordSize = 4096
    static let maximumRecordKinds = 256
}
