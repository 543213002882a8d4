// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TestSupport
@testable import TraceFile
import TraceModel

/// Files of other versions: their schema differs from ours.
@Suite(.timeLimit(.minutes(15))) struct SchemaEvolutionTests {
    let folder = ScratchFolder()

    /// Writes a file with `schema`: one record of each kind in `records`, then reads it.
    private func pass(
        _ schema: TraceSchema, _ records: [(kind: UInt16, bytes: [UInt8])]
    ) throws -> (records: [TraceRecord], summary: ReadSummary) {
        let path = folder.file("a.pscope")
        let writer = try TraceWriter.create(path: path, replaceExisting: true, schema: schema)
        for record in records {
            #expect(record.bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) })
        }
        try writer.finish(TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 0)))
        var read: [TraceRecord] = []
        let summary = try TraceReader(path: path).forEach { read.append($0) }
        return (read, summary)
    }

    private func taskExit(_ change: (inout RecordSchema) -> Void) throws -> TraceSchema {
        var schema = TraceSchema.current
        let index = try #require(schema.records.firstIndex { $0.name == "task_exit" })
        change(&schema.records[index])
        return schema
    }

    private var header: [UInt8] {
        var header = ps_header()
        header.timestamp_ns = 77
        header.kind = 10
        header.thread_id = 5
        return withUnsafeBytes(of: header) { Array($0) }
    }

    @Test func fieldsThatTheFileDoesNotHaveAreZero() throws {
        let old = try taskExit { record in
            record.fields[record.fields.count - 1].name = "something_else"
        }
        let (records, summary) = try pass(old, [(10, header + [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0])])
        guard case .taskExit(let exit) = try #require(records.first) else { return #expect(Bool(false)) }
        #expect(exit.exit_code == -2 && exit.is_process == 0 && exit.header.timestamp_ns == 77)
        #expect(summary.missingFields == ["task_exit.is_process"])
        #expect(summary.unknownFields == ["task_exit.something_else"])
    }

    @Test func longerRecordsAndWiderFieldsOfAnotherOrder() throws {
        let new = try taskExit { record in
            record.size = 56
            record.kind = 61  // a number that no record of ours has
            record.fields.removeLast(2)
            record.fields += [
                FieldSchema(name: "is_process", offset: 32, width: 2),
                FieldSchema(name: "exit_code", offset: 34, width: 2, signed: true),
                FieldSchema(name: "added", offset: 36, width: 4),
                FieldSchema(name: "path", offset: 40, width: 1, count: 16),
            ]
        }
        let tail: [UInt8] = [1, 0, 0xFD, 0xFF, 9, 9, 9, 9] + Array(1...16)
        let (records, summary) = try pass(new, [(61, header + tail)])
        guard case .taskExit(let exit) = try #require(records.first) else { return #expect(Bool(false)) }
        #expect(exit.exit_code == -3 && exit.is_process == 1)
        #expect(exit.header.kind == RecordKind.taskExit.rawValue && exit.header.thread_id == 5)
        #expect(summary.unknownFields == ["task_exit.added", "task_exit.path"])
        #expect(summary.missingFields.isEmpty)
    }

    @Test func fieldsThatDoNotFitAreLeftOut() throws {
        let new = try taskExit { record in
            record.size = 48
            record.fields.removeLast(2)
            record.fields += [
                FieldSchema(name: "exit_code", offset: 32, width: 8, signed: true),
                FieldSchema(name: "is_process", offset: 40, width: 4),
                FieldSchema(name: "reserved", offset: 44, width: 4),
            ]
        }
        let (records, summary) = try pass(new, [(10, header + [1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 0, 0, 0])])
        guard case .taskExit(let exit) = try #require(records.first) else { return #expect(Bool(false)) }
        #expect(exit.exit_code == 0 && exit.is_process == 1)
        #expect(summary.missingFields == ["task_exit.exit_code"])
    }

    @Test func unknownKindsAreCountedAndTheRestIsRead() throws {
        var new = TraceSchema.current
        let fields = Array(new.records[0].fields.prefix(7))
        new.records.insert(RecordSchema(name: "packet_drop", kind: 99, size: 32, fields: fields), at: 0)
        var random = RandomRecords(seed: 3)
        let records = random.records(500, schema: new)
        let (read, summary) = try pass(new, records)
        let known = records.filter { $0.kind != 99 }
        #expect(read.map { $0.withBytes { Array($0) } } == known.map(\.bytes))
        #expect(summary.unknownRecords == ["packet_drop": UInt64(500 - known.count)])
        #expect(summary.isWhole)
    }

    @Test func schemasThatBreakTheRulesAreRefused() throws {
        let changes: [(inout RecordSchema) -> Void] = [
            { $0.fields[0].name = "time" },
            { $0.fields[1].width = 3 },
            { $0.fields[1].offset = -8 },
            { $0.fields[1].offset = .max },
            { $0.fields[1].count = 0 },
            { $0.fields[1].count = .max },
            { $0.size = 4097 },
            { $0.size = 0 },
            { $0.name = "socket_io" },
            { $0.kind = 5 },
            { $0.fields += Array(repeating: $0.fields[5], count: 60) },
        ]
        for (number, change) in changes.enumerated() {
            let json = try taskExit(change).json()
            #expect(json.withUnsafeBytes { TraceSchema(json: $0) } == nil, "change \(number)")
        }
        let own = try TraceSchema.current.json()
        #expect(own.withUnsafeBytes { TraceSchema(json: $0) } == .current)
    }
}
