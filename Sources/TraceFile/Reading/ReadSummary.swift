// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a pass over a trace delivered, and what it could not.
public struct ReadSummary: Sendable, Equatable {
    public internal(set) var fileBytes: UInt64 = 0
    /// Records delivered.
    public internal(set) var records: UInt64 = 0
    /// The smallest and the largest timestamp delivered; `nil`: no record.
    public internal(set) var earliest: MonotonicInstant?
    public internal(set) var latest: MonotonicInstant?
    /// Records of kinds that this version does not know, by schema name: not delivered.
    public internal(set) var unknownRecords: [String: UInt64] = [:]
    /// Fields of the file that this version does not know or cannot hold, as `record.field`: left out.
    public internal(set) var unknownFields: [String] = []
    /// Fields of this version that the file does not have, as `record.field`: zero.
    public internal(set) var missingFields: [String] = []
    /// Blocks of types that this version does not know and may skip.
    public internal(set) var skippedBlocks: UInt64 = 0
    /// Metadata blocks that are whole but not understood, by type.
    public internal(set) var unreadableMetadata: [String] = []
    /// The file ends inside a block: from this byte on nothing is there. Usual after a crash; not an error.
    public internal(set) var truncatedAt: UInt64?
    /// Damaged parts in file order, the first 1,000 of `damagedRangeCount`.
    public internal(set) var damagedRanges: [DamagedRange] = []
    public internal(set) var damagedRangeCount: UInt64 = 0
    /// Blocks that the sequence numbers say were written and that are not there, damaged headers included.
    public internal(set) var missingBlocks: UInt64 = 0
    /// Records delivered after a record with a later timestamp, in a pass in time order.
    public internal(set) var lateRecords: UInt64 = 0
    /// The end block is there: the recorder ended in good order.
    public internal(set) var isComplete = false

    /// `true`: every record that was written has been delivered.
    public var isWhole: Bool { isComplete && truncatedAt == nil && damagedRangeCount == 0 && missingBlocks == 0 }

    /// What to say of a trace that is not whole; `nil`: it is.
    ///
    /// - Parameter path: the file's.
    public func incompleteness(of path: String) -> TraceFileError? {
        isWhole ? nil : .notWhole(path, isDamaged: damagedRangeCount > 0 || missingBlocks > 0)
    }

    mutating func add(_ range: DamagedRange) {
        damagedRangeCount += 1
        if damagedRanges.count < 1000 { damagedRanges.append(range) }
    }
}
