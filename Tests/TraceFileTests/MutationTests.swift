// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport
@testable import TraceFile
import TraceModel

/// Thousands of files made wrong in ways that are the same in every run: the reader may refuse them, never crash or hang.
@Suite(.timeLimit(.minutes(15))) struct MutationTests {
    let folder = ScratchFolder()

    /// One change: bits flipped, bytes overwritten, a piece cut out, doubled or moved, the tail cut.
    private func mutate(_ bytes: inout [UInt8], _ random: inout RandomRecords) {
        guard bytes.count > 1 else { return }
        let start = random.below(bytes.count)
        let end = min(bytes.count, start + 1 + random.below(64))
        switch random.below(7) {
        case 0: bytes[start] ^= 1 << UInt8(random.below(8))
        case 1: bytes[start] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
        case 2: for index in start..<end { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
        case 3: bytes.removeSubrange(start..<end)
        case 4: bytes.insert(contentsOf: bytes[start..<end], at: random.below(bytes.count))
        case 5: for index in start..<end { bytes[index] = 0xFF }
        default: bytes.removeLast(random.below(bytes.count / 4 + 1))
        }
    }

    /// Reads in both orders, with a second thread and without. Returns the records delivered; `nil`: refused.
    private func read(_ bytes: [UInt8]) throws -> UInt64? {
        folder.write("m.pscope", bytes)
        do {
            let reader = try TraceReader(path: folder.file("m.pscope"))
            reader.readsAhead = true
            let summary = try reader.forEach { _ in }
            let ordered = try reader.forEachInTimeOrder(windowBytes: 64 << 10) { _ in }
            #expect(summary.records == ordered.records)
            #expect(summary.damagedRanges == ordered.damagedRanges)
            reader.readsAhead = false
            #expect(try reader.forEach { _ in } == summary)
            _ = try reader.description()
            return summary.records
        } catch let error as TraceFileError {
            #expect(!error.description.isEmpty)
            return nil
        }
    }

    @Test(arguments: [BlockCodec.zstd, .stored]) func damagedFilesNeverCrashTheReader(codec: BlockCodec) throws {
        let sample = try SampleTrace(folder, batches: 3, size: 12, codec: codec)
        var random = RandomRecords(seed: 7)
        var untouched = 0
        for _ in 0..<1000 {
            var bytes = sample.bytes
            for _ in 0...random.below(4) { mutate(&bytes, &random) }
            if let records = try read(bytes) {
                #expect(records <= 36)
                if records > 0 { untouched += 1 }
            }
        }
        #expect(untouched > 300, "most files still give some of their records")
    }

    /// Payloads with right checksums: only now the unpacker itself meets bad input.
    @Test(arguments: [BlockCodec.zstd, .stored]) func wrongPayloadsWithRightChecksums(codec: BlockCodec) throws {
        let sample = try SampleTrace(folder, batches: 3, size: 12, codec: codec)
        var random = RandomRecords(seed: 8)
        var malformed = 0
        for _ in 0..<1500 {
            var bytes = sample.bytes
            let block = 2 + random.below(3)
            let payload = (sample.blocks[block].offset + 56)..<sample.blocks[block + 1].offset
            for _ in 0...random.below(3) {
                let offset = payload.lowerBound + random.below(payload.count)
                bytes[offset] = random.below(2) == 0 ? UInt8(truncatingIfNeeded: random.next()) : 0xFF
            }
            if random.below(4) == 0 {
                // The record count, up to four billion.
                bytes[sample.blocks[block].offset + 16 + random.below(4)] = 0xFF
            }
            bytes.sealBlock(at: sample.blocks[block].offset)
            let records = try #require(try read(bytes))
            #expect(records >= 24 && records <= 24 + 100)
            if records < 36 { malformed += 1 }
        }
        #expect(malformed > 50)
    }

    @Test func wrongSchemasWithRightChecksums() throws {
        let sample = try SampleTrace(folder, batches: 1, size: 12, codec: .stored)
        var random = RandomRecords(seed: 9)
        let payload = (sample.blocks[0].offset + 56)..<sample.blocks[1].offset
        for _ in 0..<300 {
            var bytes = sample.bytes
            // Digits, so that most stay JSON: other sizes, offsets, widths and counts.
            for _ in 0...random.below(3) {
                let start = payload.lowerBound + random.below(payload.count)
                if let digit = bytes[start..<payload.upperBound].firstIndex(where: { $0 >= 48 && $0 < 58 }) {
                    bytes[digit] = 48 + UInt8(random.below(10))
                }
            }
            bytes.sealBlock(at: sample.blocks[0].offset)
            _ = try read(bytes)
        }
    }

    /// Found by fuzzing: the printer of records took such a record for the one that it says to be, and read beyond it.
    @Test func aRecordThatSaysToBeAnotherIsMalformed() throws {
        let path = folder.file("kind.pscope")
        let writer = try TraceWriter.create(path: path, codec: .stored)
        var random = RandomRecords(seed: 3)
        let schemas = TraceSchema.current.records
        let (small, large) = try (
            #require(schemas.min { $0.size < $1.size }), #require(schemas.max { $0.size < $1.size })
        )
        var record = random.bytes(small)
        (record[24], record[25]) = (UInt8(large.kind & 0xFF), UInt8(large.kind >> 8))
        #expect(record.withUnsafeBytes { writer.append(kind: small.kind, bytes: $0) })
        try writer.finish(TraceEnd(reason: "interrupted", endedAt: MonotonicInstant(nanoseconds: 1)))
        let summary = try TraceReader(path: path).forEach { _ in }
        #expect(summary.records == 0)
        #expect(summary.damagedRangeCount == 1)
    }
}
