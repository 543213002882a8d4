// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// What the schema in C says about the records of one kind.
struct RecordLayout: Sendable {
    var name: String
    /// Bytes.
    var size: Int
    /// Where the socket's inode is, in bytes from the start; `nil`: the record has none.
    var socketInode: Int?
    /// Where the address of the connection object is; `nil`: the record has none.
    var connection: Int?

    private init(_ schema: ps_record_schema) {
        name = String(cString: schema.name)
        size = Int(schema.size)
        for field in UnsafeBufferPointer(start: schema.fields, count: Int(schema.field_count)) {
            switch String(cString: field.name) {
            case "socket_inode": socketInode = Int(field.offset)
            case "connection": connection = Int(field.offset)
            default: break
            }
        }
    }

    /// By number; the numbers are small.
    private static let all: [RecordLayout?] = {
        let schemas = UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count))
        var all = [RecordLayout?](repeating: nil, count: Int(schemas.map(\.kind).max() ?? 0) + 1)
        for schema in schemas { all[Int(schema.kind)] = RecordLayout(schema) }
        return all
    }()

    /// `nil`: this version does not know the kind.
    static func of(_ kind: UInt16) -> RecordLayout? { Int(kind) < all.count ? all[Int(kind)] : nil }

    /// Bytes of a record; `nil`: this version does not know the kind. A table of its own, without names to copy.
    static func size(of kind: UInt16) -> Int? { Int(kind) < sizes.count ? sizes[Int(kind)] : nil }

    private static let sizes: [Int?] = all.map { $0?.size }
}
