// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The schema names of record kinds.
enum RecordName {
    static func of(_ kind: UInt16) -> String {
        let schemas = UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count))
        return schemas.first { $0.kind == kind }.map { String(cString: $0.name) } ?? "kind \(kind)"
    }
}
