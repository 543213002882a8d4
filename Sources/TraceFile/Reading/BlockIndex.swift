// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Where the blocks of a file are: one pass over the headers.
struct BlockIndex {
    struct Entry {
        var offset: UInt64
        /// The smallest timestamp in this and all later blocks.
        var earliestFromHere: UInt64
    }

    private(set) var entries: [Entry] = []
    private(set) var damagedRanges: [DamagedRange] = []
    private(set) var missingBlocks: UInt64 = 0
    private(set) var truncatedAt: UInt64?
    private var traceID: UInt32?
    private var nextSequence: UInt64 = 0
    private var latest: UInt64?
    /// The index of the last damaged range if no block with a time has come after it.
    private var openDamage: Int?

    /// Goes over the headers from `start`. With `traceID` `nil` (a damaged file header), the first block's counts.
    init(file: InputFile, start: UInt64, traceID: UInt32?) throws(TraceFileError) {
        self.traceID = traceID
        var position = start
        while position < file.size {
            let bytes = try file.bytes(at: position, count: TraceFormat.blockHeaderSize)
            if bytes.count < TraceFormat.blockHeaderSize {
                truncatedAt = position
            } else if let header = header(bytes) {
                let end = position + UInt64(TraceFormat.blockHeaderSize) + UInt64(header.storedLength)
                if end > file.size {
                    truncatedAt = position
                } else {
                    add(header, position..<end)
                    position = end
                }
            } else if let next = try nextHeader(file, after: position) {
                addDamage(.noBlock, position..<next)
                position = next
            } else if try isZero(file, from: position) {
                // A file system that lost power has given the file its length, not its bytes.
                truncatedAt = position
            } else {
                addDamage(.noBlock, position..<file.size)
                position = file.size
            }
            if truncatedAt != nil { break }
        }
        var earliest = UInt64.max
        for index in entries.indices.reversed() {
            earliest = min(earliest, entries[index].earliestFromHere)
            entries[index].earliestFromHere = earliest
        }
    }

    private func header(_ bytes: UnsafeRawBufferPointer) -> BlockHeader? {
        guard let header = BlockHeader(bytes: bytes), traceID == nil || header.traceID == traceID else { return nil }
        return header
    }

    private mutating func add(_ header: BlockHeader, _ range: Range<UInt64>) {
        traceID = header.traceID
        guard header.sequence >= nextSequence else { return addDamage(.repeated, range) }
        missingBlocks &+= header.sequence - nextSequence
        nextSequence = header.sequence &+ 1
        var earliest = UInt64.max
        if header.recordCount > 0 {
            earliest = header.earliestNanoseconds
            if let openDamage { damagedRanges[openDamage].to = MonotonicInstant(nanoseconds: earliest) }
            openDamage = nil
            latest = max(latest ?? 0, header.latestNanoseconds)
        }
        entries.append(Entry(offset: range.lowerBound, earliestFromHere: earliest))
    }

    private mutating func addDamage(_ cause: DamagedRange.Cause, _ range: Range<UInt64>) {
        damagedRanges.append(
            DamagedRange(
                cause: cause, bytes: range, records: cause == .repeated ? 0 : nil,
                from: latest.map(MonotonicInstant.init(nanoseconds:)), to: nil))
        openDamage = damagedRanges.count - 1
    }

    /// The offset of the next valid header after `position`; `nil`: none.
    private func nextHeader(_ file: InputFile, after position: UInt64) throws(TraceFileError) -> UInt64? {
        var offset = position + 1
        while offset < file.size {
            let bytes = try file.bytes(at: offset, count: 64 << 10)
            guard bytes.count >= TraceFormat.blockHeaderSize else { return nil }
            let last = bytes.count - TraceFormat.blockHeaderSize
            for index in 0...last
            where bytes[index] == 0xB5 && header(UnsafeRawBufferPointer(rebasing: bytes[index...])) != nil {
                return offset + UInt64(index)
            }
            offset += UInt64(last) + 1
        }
        return nil
    }

    private func isZero(_ file: InputFile, from position: UInt64) throws(TraceFileError) -> Bool {
        var offset = position
        while offset < file.size {
            let bytes = try file.bytes(at: offset, count: 64 << 10)
            guard !bytes.isEmpty else { return true }
            if bytes.contains(where: { $0 != 0 }) { return false }
            offset += UInt64(bytes.count)
        }
        return true
    }
}
