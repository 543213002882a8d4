// SPDX-License-Identifier: Apache-2.0
import TestSupport
import TraceFile
import TraceModel
import Testing

@Suite(.timeLimit(.minutes(15))) struct RoundTripTests {
    let folder = ScratchFolder()

    @Test(arguments: [BlockCodec.zstd, .stored]) func everyKindComesBackAsItWas(codec: BlockCodec) throws {
        var random = RandomRecords(seed: 1)
        var records = TraceSchema.current.records.map { (kind: $0.kind, bytes: random.bytes($0)) }
        records += random.records(5000)
        let path = folder.file("a.pscope")
        let writer = try TraceWriter.create(path: path, codec: codec)
        for (number, record) in records.enumerated() {
            #expect(record.bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) })
            if number % 700 == 0 { try writer.flush() }
        }
        try writer.finish(TraceEnd(reason: "interrupted", endedAt: MonotonicInstant(nanoseconds: .max)))
        #expect(writer.counters.recordsWritten == UInt64(records.count))
        #expect(writer.counters.rawBytes == UInt64(records.reduce(0) { $0 + $1.bytes.count }))
        #expect(writer.counters.fileBytes == UInt64(folder.read("a.pscope").count))

        var index = 0
        let summary = try TraceReader(path: path).forEach { record in
            #expect(record.withBytes { Array($0) } == records[index].bytes, "record \(index)")
            index += 1
        }
        #expect(index == records.count)
        #expect(summary.records == UInt64(records.count))
        #expect(summary.isWhole)
        #expect(summary.lateRecords == 0 && summary.missingFields.isEmpty && summary.unknownRecords.isEmpty)
    }
}
