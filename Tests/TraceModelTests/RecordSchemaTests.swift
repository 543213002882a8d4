// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct RecordSchemaTests {
    let schemas = Array(UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count)))

    @Test func everyByteOfEveryRecordBelongsToOneField() {
        for schema in schemas {
            var covered = [Int](repeating: 0, count: Int(schema.size))
            for field in UnsafeBufferPointer(start: schema.fields, count: Int(schema.field_count)) {
                let start = Int(field.offset)
                for byte in start..<start + Int(field.width) * Int(field.count) { covered[byte] += 1 }
            }
            #expect(covered.allSatisfy { $0 == 1 }, "\(String(cString: schema.name)) is not covered exactly once")
        }
    }

    @Test func everyKindInTheSchemaIsReadableAndNoOther() {
        let kinds = Set(schemas.map(\.kind))
        #expect(kinds.count == schemas.count)
        let zeros = [UInt8](repeating: 0, count: 1024)
        for kind in UInt16.min...1000 {
            let size = schemas.first { $0.kind == kind }.map { Int($0.size) }
            zeros.withUnsafeBytes { bytes in
                let exact = TraceRecord(kind: kind, bytes: .init(rebasing: bytes.prefix(size ?? 64)))
                #expect((exact != nil) == kinds.contains(kind))
                #expect(TraceRecord(kind: kind, bytes: .init(rebasing: bytes.prefix((size ?? 64) - 1))) == nil)
            }
        }
    }
}
