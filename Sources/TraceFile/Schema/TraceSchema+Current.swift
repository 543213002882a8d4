// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

extension TraceSchema {
    /// The records of this version: bpf/include/trace_records.h as trace_schema.c describes it.
    public static let current = TraceSchema(
        records: UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count)).map { record in
            RecordSchema(
                name: String(cString: record.name), kind: record.kind, size: Int(record.size),
                fields: UnsafeBufferPointer(start: record.fields, count: Int(record.field_count)).map { field in
                    FieldSchema(
                        name: String(cString: field.name), offset: Int(field.offset), width: Int(field.width),
                        count: Int(field.count), signed: field.is_signed != 0)
                })
        })

    /// The schema block that this version writes.
    static let currentJSON = try? current.json()
}
