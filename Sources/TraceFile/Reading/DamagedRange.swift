// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A part of a file that could not be read, and what is lost with it.
public struct DamagedRange: Sendable, Equatable {
    /// What is wrong.
    public enum Cause: String, Sendable, Equatable {
        /// No block starts here: overwritten, or left over from another file.
        case noBlock = "no valid block"
        /// The header is whole, the payload's checksum is wrong.
        case checksum = "wrong checksum"
        /// The checksum is right, the content breaks the format.
        case malformed = "malformed content"
        /// A block that the file has had already, or that comes before one that it has had.
        case repeated = "out of sequence"
    }

    public var cause: Cause
    /// Offsets in the file.
    public var bytes: Range<UInt64>
    /// Records lost; `nil`: not known.
    public var records: UInt64?
    /// The time in which records are missing; `nil`: open on that side.
    public var from: MonotonicInstant?
    public var to: MonotonicInstant?
}
