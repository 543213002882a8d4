// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport
@testable import TraceFile
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct TruncationTests {
    let folder = ScratchFolder()

    @Test func cutAtEveryByteDeliversAllWholeBlocks() throws {
        let sample = try SampleTrace(folder)
        let ends = sample.blocks.dropFirst().map(\.offset) + [sample.bytes.count]
        // Inside the schema's payload all cuts are alike, and it is the largest: every 32nd will do.
        let schema = (TraceFormat.fileHeaderSize + 60)..<(sample.blocks[1].offset - 4)
        for length in 1..<sample.bytes.count where !schema.contains(length) || length % 32 == 0 {
            let result: (records: [[UInt8]], summary: ReadSummary)
            do { result = try SampleTrace.read(sample.bytes.prefix(length), folder) } catch let error as TraceFileError
            {
                #expect(error.code == .truncated && length < TraceFormat.fileHeaderSize, "\(length): \(error)")
                continue
            }
            let whole = zip(sample.blocks, ends).filter { $0.1 <= length }
            let expected = whole.reduce(0) { $0 + $1.0.records }
            #expect(result.records == Array(sample.records.prefix(expected)), "cut at \(length)")
            let lastEnd = whole.last?.1 ?? TraceFormat.fileHeaderSize
            #expect(result.summary.truncatedAt == (lastEnd == length ? nil : UInt64(lastEnd)), "cut at \(length)")
            #expect(result.summary.damagedRangeCount == 0 && !result.summary.isComplete)
        }
    }

    @Test func zerosAtTheEndAreACutAsWell() throws {
        let sample = try SampleTrace(folder)
        let end = sample.blocks[4].offset
        let (records, summary) = try SampleTrace.read(
            sample.bytes.prefix(end) + [UInt8](repeating: 0, count: 70_000), folder)
        #expect(records.count == 12 && summary.truncatedAt == UInt64(end) && summary.damagedRangeCount == 0)
    }

    /// What a recorder killed by SIGKILL leaves: all that was flushed.
    @Test func aFileThatIsNotFinishedIsReadableUpToTheLastFlush() throws {
        var random = RandomRecords(seed: 4)
        let path = folder.file("open.pscope")
        let writer = try TraceWriter.create(path: path)
        let records = random.records(300)
        for (number, record) in records.enumerated() {
            _ = record.bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) }
            if number == 199 { try writer.flush() }
        }
        let (read, summary) = try SampleTrace.read(folder.read("open.pscope"), folder)
        #expect(read == records.prefix(200).map(\.bytes))
        #expect(!summary.isComplete && !summary.isWhole && summary.truncatedAt == nil)
        #expect(try TraceReader(path: path).description() == TraceDescription())
    }
}
