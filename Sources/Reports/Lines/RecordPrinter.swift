// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

/// Prints records one to a line, every field by its schema name: for `poolscope show`, and for other programs.
public struct RecordPrinter: Sendable {
    private struct Field: Sendable {
        let name: String
        let offset: Int
        let width: Int
        let count: Int
        let isSigned: Bool
    }

    private struct Layout: Sendable {
        let name: String
        let fields: [Field]
    }

    private let layouts: [UInt16: Layout]

    public init() {
        var layouts: [UInt16: Layout] = [:]
        for schema in UnsafeBufferPointer(start: ps_record_schemas, count: Int(ps_record_schema_count)) {
            let fields = UnsafeBufferPointer(start: schema.fields, count: Int(schema.field_count)).map { field in
                Field(
                    name: String(cString: field.name), offset: Int(field.offset), width: Int(field.width),
                    count: Int(field.count), isSigned: field.is_signed != 0)
            }
            layouts[schema.kind] = Layout(
                name: String(cString: schema.name),
                fields: fields.filter { $0.name != "kind" && !$0.name.hasPrefix("reserved") })
        }
        self.layouts = layouts
    }

    /// The schema names of all records, sorted.
    public var recordNames: [String] { layouts.values.map(\.name).sorted() }

    /// The schema name of a record.
    public func name(of record: TraceRecord) -> String {
        layouts[record.header.kind]?.name ?? "kind_\(record.header.kind)"
    }

    /// One JSON object: `record` is the schema name, bytes are hex; arrays of numbers, and bytes that
    /// are more than an address, end at their last non-zero element.
    public func json(_ record: TraceRecord, ordinal: UInt64) -> String {
        var line = "{\"ordinal\":\(ordinal),\"record\":\"\(name(of: record))\""
        forEachField(record) { name, value, isText in
            line += isText ? ",\"\(name)\":\"\(value)\"" : ",\"\(name)\":\(value)"
        }
        return line + "}"
    }

    /// `#ordinal  +offset  name  field=value ...`; fields that are zero are left out.
    public func text(_ record: TraceRecord, ordinal: UInt64, start: MonotonicInstant) -> String {
        let nanoseconds = Int64(bitPattern: record.header.timestamp_ns &- start.nanoseconds)
        let micros = abs(nanoseconds / 1000)
        let fraction = String(micros % 1_000_000)
        let offset =
            "\(nanoseconds < 0 ? "-" : "+")\(micros / 1_000_000)."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
        var line = "#\(ordinal)  \(offset)  \(name(of: record))"
        forEachField(record) { name, value, _ in
            if name != "timestamp_ns", value != "0", value != "[]", value.contains(where: { $0 != "0" }) {
                line += "  \(name)=\(value)"
            }
        }
        return line
    }

    private func forEachField(_ record: TraceRecord, _ body: (_ name: String, _ value: String, _ isText: Bool) -> Void)
    {
        guard let layout = layouts[record.header.kind] else { return }
        record.withBytes { bytes in
            for field in layout.fields {
                if field.count == 1 {
                    body(field.name, Self.number(bytes, field, 0), false)
                } else if field.width == 1 {
                    var slice = bytes[field.offset..<field.offset + field.count]
                    if field.count > Int(PS_ADDRESS_SIZE) { while slice.last == 0 { slice.removeLast() } }
                    body(field.name, Self.hexadecimal(slice), true)
                } else {
                    var numbers = (0..<field.count).map { Self.number(bytes, field, $0) }
                    while numbers.last == "0" { numbers.removeLast() }
                    body(field.name, "[\(numbers.joined(separator: ","))]", false)
                }
            }
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ field: Field, _ index: Int) -> String {
        let offset = field.offset + index * field.width
        var value: UInt64 = 0
        for byte in (0..<field.width).reversed() { value = value << 8 | UInt64(bytes[offset + byte]) }
        guard field.isSigned else { return String(value) }
        let shift = UInt64(64 - field.width * 8)
        return String(Int64(bitPattern: value << shift) >> Int64(shift))
    }

    private static func hexadecimal(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
