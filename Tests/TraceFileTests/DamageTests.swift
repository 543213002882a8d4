// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport
@testable import TraceFile
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct DamageTests {
    let folder = ScratchFolder()

    @Test func aDamagedPayloadCostsItsBlockOnlyAndSaysWhichTime() throws {
        let sample = try SampleTrace(folder)
        var bytes = sample.bytes
        bytes[sample.blocks[3].offset + 60] ^= 0x40
        let (records, summary) = try SampleTrace.read(bytes, folder)
        #expect(records == Array(sample.records[..<6] + sample.records[12...]))
        #expect(
            summary.damagedRanges == [
                DamagedRange(
                    cause: .checksum, bytes: UInt64(sample.blocks[3].offset)..<UInt64(sample.blocks[4].offset),
                    records: 6, from: MonotonicInstant(nanoseconds: 1006), to: MonotonicInstant(nanoseconds: 1011))
            ])
        #expect(summary.missingBlocks == 0 && summary.isComplete && !summary.isWhole)
    }

    @Test func aDamagedHeaderIsSearchedPast() throws {
        let sample = try SampleTrace(folder)
        var bytes = sample.bytes
        bytes[sample.blocks[3].offset + 9] ^= 1
        let (records, summary) = try SampleTrace.read(bytes, folder)
        #expect(records == Array(sample.records[..<6] + sample.records[12...]))
        #expect(
            summary.damagedRanges == [
                DamagedRange(
                    cause: .noBlock, bytes: UInt64(sample.blocks[3].offset)..<UInt64(sample.blocks[4].offset),
                    records: nil, from: MonotonicInstant(nanoseconds: 1005), to: MonotonicInstant(nanoseconds: 1012))
            ])
        #expect(summary.missingBlocks == 1)
    }

    @Test func blocksThatAreGoneOrTwiceThereAreNoticed() throws {
        let sample = try SampleTrace(folder)
        let (second, third) = (sample.blocks[3].offset, sample.blocks[4].offset)
        let gone = try SampleTrace.read(sample.bytes[..<second] + sample.bytes[third...], folder)
        #expect(gone.records == Array(sample.records[..<6] + sample.records[12...]))
        #expect(gone.summary.missingBlocks == 1 && gone.summary.damagedRangeCount == 0 && !gone.summary.isWhole)

        let twice = try SampleTrace.read(sample.bytes[..<third] + sample.bytes[second...], folder)
        #expect(twice.records == sample.records)
        #expect(twice.summary.damagedRanges.map(\.cause) == [.repeated])
    }

    @Test func blocksOfAnotherTraceAreNotTaken() throws {
        let sample = try SampleTrace(folder)
        let other = try SampleTrace(folder)
        let (records, summary) = try SampleTrace.read(
            sample.bytes[..<sample.blocks[3].offset] + other.bytes[sample.blocks[3].offset...], folder)
        #expect(records == Array(sample.records[..<6]))
        #expect(summary.damagedRanges.map(\.cause) == [.noBlock])
    }

    @Test func theFileHeaderMayBeDamaged() throws {
        let sample = try SampleTrace(folder)
        for offset in 8..<40 {
            var bytes = sample.bytes
            bytes[offset] ^= 0x10
            let (records, summary) = try SampleTrace.read(bytes, folder)
            #expect(records == sample.records && summary.damagedRangeCount == 1)
        }
    }

    @Test func aLostSchemaIsReplacedByOursIfItIsTheSame() throws {
        var sample = try SampleTrace(folder)
        var bytes = sample.bytes
        bytes[200] ^= 1
        #expect(try SampleTrace.read(bytes, folder).records == sample.records)

        var foreign = TraceSchema.current
        foreign.records[3].name = "other"
        sample = try SampleTrace(folder, schema: foreign)
        bytes = sample.bytes
        bytes[200] ^= 1
        let error = #expect(throws: TraceFileError.self) { try SampleTrace.read(bytes, folder) }
        #expect(error?.code == .schemaLost)
    }

    @Test func unknownBlocksAreSkippedOnlyIfTheySayThatTheyMayBe() throws {
        let sample = try SampleTrace(folder)
        for (field, value) in [(4, UInt8(77)), (6, 9)] {
            var bytes = sample.bytes
            let start = sample.blocks[1].offset
            bytes[start + field] = value
            bytes.sealHeader(at: start)
            let error = #expect(throws: TraceFileError.self) { try SampleTrace.read(bytes, folder) }
            #expect(error?.code == .unsupportedBlock)
            #expect(error?.description.contains("newer") == false && error?.description.contains("as new as") == true)

            bytes[start + 7] = 1
            bytes.sealHeader(at: start)
            let (records, summary) = try SampleTrace.read(bytes, folder)
            #expect(records == sample.records && summary.skippedBlocks == 1 && summary.isWhole)
        }
    }

    @Test func noBlockMakesTheReaderAllocateMoreThanTheLimit() throws {
        let sample = try SampleTrace(folder)
        let start = sample.blocks[2].offset
        for lengths: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 4], [0, 0, 0, 4]] {
            var bytes = sample.bytes
            bytes.replaceSubrange(start + 12..<start + 16, with: lengths)
            bytes.sealHeader(at: start)
            let (records, summary) = try SampleTrace.read(bytes, folder)
            #expect(records == Array(sample.records[6...]))
            #expect(summary.damagedRanges.map(\.cause) == [.malformed])
        }
    }

    @Test func metadataThatIsNotUnderstoodIsNamed() throws {
        let sample = try SampleTrace(folder, codec: .stored)
        var bytes = sample.bytes
        let start = sample.blocks[1].offset
        bytes[start + 56] = UInt8(ascii: "[")
        bytes.sealBlock(at: start)
        let (records, summary) = try SampleTrace.read(bytes, folder)
        #expect(records == sample.records && summary.unreadableMetadata == ["process"])
    }
}
