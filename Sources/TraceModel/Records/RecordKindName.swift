// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The names of record kinds, from the one schema in C.
public enum RecordKindName {
    private static let names: [UInt16: String] = {
        var names: [UInt16: String] = [:]
        for schema in UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count)) {
            names[schema.kind] = String(cString: schema.name)
        }
        return names
    }()

    /// The schema name of a kind, such as `socket_io`; `nil`: a kind that this version does not know.
    public static func name(of kind: UInt16) -> String? { names[kind] }
}
