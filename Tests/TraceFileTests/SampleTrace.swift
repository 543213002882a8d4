// SPDX-License-Identifier: Apache-2.0
@testable import TraceFile
import TestSupport
import TraceModel

/// A trace of a few blocks, with what is in it and where.
struct SampleTrace {
    let bytes: [UInt8]
    /// In file order; the timestamps are 1000, 1001, ...
    let records: [[UInt8]]
    /// Where each block starts, the schema first, and how many records it has.
    let blocks: [(offset: Int, records: Int)]

    /// `batches` blocks of `size` records, a process block before and an end block after them.
    init(
        _ folder: ScratchFolder, batches: Int = 4, size: Int = 6, codec: BlockCodec = .zstd,
        schema: TraceSchema = .current
    ) throws {
        let path = folder.file("sample.pscope")
        let writer = try TraceWriter.create(path: path, replaceExisting: true, codec: codec, schema: schema)
        var blocks = [(offset: TraceFormat.fileHeaderSize, records: 0)]
        func note(_ records: Int) { blocks.append((Int(writer.counters.fileBytes), records)) }
        note(0)
        try writer.write(.process(ProcessFacts(processID: 1, name: "svc", executable: "/bin/svc")))
        var random = RandomRecords(seed: 9)
        var records: [[UInt8]] = []
        for _ in 0..<batches {
            note(size)
            for record in random.records(size, schema: schema) {
                var bytes = record.bytes
                withUnsafeBytes(of: UInt64(1000 + records.count)) { bytes.replaceSubrange(0..<8, with: $0) }
                records.append(bytes)
                _ = bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) }
            }
            try writer.flush()
        }
        note(0)
        try writer.finish(TraceEnd(reason: "interrupted", endedAt: MonotonicInstant(nanoseconds: 9999)))
        self.records = records
        self.blocks = blocks
        bytes = folder.read("sample.pscope")
    }

    /// Reads `bytes` as a file; the records as C structs.
    static func read(
        _ bytes: some Collection<UInt8>, _ folder: ScratchFolder
    ) throws -> (records: [[UInt8]], summary: ReadSummary) {
        folder.write("variant.pscope", bytes)
        var records: [[UInt8]] = []
        let summary = try TraceReader(path: folder.file("variant.pscope")).forEach { record in
            records.append(record.withBytes { Array($0) })
        }
        return (records, summary)
    }
}
