// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import TestSupport
import TraceFile
import TraceModel

/// The Python reader, written from docs/file-format.md alone, must read what the Swift reader reads.
@Suite(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "needs python3"), .timeLimit(.minutes(15)))
struct ReferenceReaderTests {
    let folder = ScratchFolder()

    @Test func bothReadersAgreeOnEveryRecord() throws {
        var random = RandomRecords(seed: 2)
        let path = folder.file("a.pscope")
        let writer = try TraceWriter.create(path: path, codec: .stored)
        try writer.write(.process(ProcessFacts(processID: 7, name: "svc", executable: "/bin/\"svc\" \u{1F980}")))
        for (number, record) in random.records(600).enumerated() {
            #expect(record.bytes.withUnsafeBytes { writer.append(kind: record.kind, bytes: $0) })
            if number == 300 { try writer.flush() }
        }
        let symbol = StackSymbol(address: .max, frames: [StackFrame(function: "main.main", file: "main.go", line: 3)])
        try writer.write(.symbols([symbol]))
        try writer.finish(TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 1 << 63)))

        let lines = try python(path)
        var expected: [[String: [Int128]]] = []
        let schemas = Dictionary(uniqueKeysWithValues: TraceSchema.current.records.map { ($0.kind, $0) })
        _ = try TraceReader(path: path).forEach { record in
            let schema = try #require(schemas[record.header.kind])
            expected.append(record.withBytes { fields(schema, $0) })
        }
        let records = lines.filter { $0.record != nil }
        #expect(records.count == 600 && expected.count == 600)
        for (index, line) in records.enumerated() {
            #expect(line.fields?.mapValues(\.values) == expected[index], "record \(index), \(line.record ?? "")")
        }
        #expect(Set(records.map(\.record)).count == schemas.count, "every kind is in the file")
        #expect(lines.last?.blocks == [2, 3, 1, 1, 5, 6])
    }

    /// A line of the Python reader's output.
    struct Line: Decodable {
        var record: String?
        var fields: [String: Value]?
        var blocks: [Int]?
    }

    /// A number, or the numbers of an array.
    struct Value: Decodable {
        var values: [Int128]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                values = [Int128(number)]
            } else if let number = try? container.decode(UInt64.self) {
                values = [Int128(number)]
            } else {
                values = try container.decode([UInt64].self).map { Int128($0) }
            }
        }
    }

    private func fields(_ schema: RecordSchema, _ bytes: UnsafeRawBufferPointer) -> [String: [Int128]] {
        var result: [String: [Int128]] = [:]
        for field in schema.fields {
            result[field.name] = (0..<field.count).map { element in
                var value: Int128 = 0
                for byte in (0..<field.width).reversed() {
                    value = value << 8 | Int128(bytes[field.offset + element * field.width + byte])
                }
                let isNegative = field.signed && value >> Int128(field.width * 8 - 1) == 1
                return isNegative ? value - (1 << Int128(field.width * 8)) : value
            }
        }
        return result
    }

    private func python(_ path: String) throws -> [Line] {
        let script = #filePath.replacing("ReferenceReaderTests.swift", with: "reference_reader.py")
        let stream = try #require(popen("python3 '\(script)' '\(path)'", "r"))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer[..<count] }
        #expect(pclose(stream) == 0, "python3 failed")
        return try output.split(separator: 10).map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }
}
