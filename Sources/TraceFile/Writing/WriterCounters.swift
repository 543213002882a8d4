// SPDX-License-Identifier: Apache-2.0

/// What a writer has done. Records accepted = written + waiting for the next flush + lost.
public struct WriterCounters: Sendable, Equatable {
    /// Records that are in the file.
    public internal(set) var recordsWritten: UInt64 = 0
    /// Records of an unknown kind or of the wrong size: not accepted.
    public internal(set) var recordsRefused: UInt64 = 0
    /// Records that were accepted or offered, and that the disk did not take.
    public internal(set) var recordsLost: UInt64 = 0
    /// The written records' bytes as C structs, packed, and packed and compressed.
    public internal(set) var rawBytes: UInt64 = 0
    public internal(set) var packedBytes: UInt64 = 0
    public internal(set) var storedBytes: UInt64 = 0
    /// Blocks of all types, headers included in `fileBytes`.
    public internal(set) var blocks: UInt64 = 0
    public internal(set) var fileBytes: UInt64 = 0
}
