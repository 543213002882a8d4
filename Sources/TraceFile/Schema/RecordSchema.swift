// SPDX-License-Identifier: Apache-2.0

/// One kind of record, as the schema block of a file describes it.
public struct RecordSchema: Codable, Hashable, Sendable {
    /// The name of the C struct without `ps_`, such as `socket_io`.
    public var name: String
    /// The number in the record's header.
    public var kind: UInt16
    /// Bytes of the C struct.
    public var size: Int
    /// In the order of their offsets; the first is `timestamp_ns`.
    public var fields: [FieldSchema]

    public init(name: String, kind: UInt16, size: Int, fields: [FieldSchema]) {
        self.name = name
        self.kind = kind
        self.size = size
        self.fields = fields
    }

    /// The record cut into lanes, or `nil` when the description breaks a rule of the format.
    ///
    /// Each element of a field is a lane; eight elements of one byte make one lane of eight bytes.
    var lanes: [RecordLane]? {
        guard size >= 8, size <= TraceFormat.maximumRecordSize, let first = fields.first, first.name == "timestamp_ns",
            first.offset == 0, first.width == 8, first.count == 1
        else { return nil }
        var lanes: [RecordLane] = []
        for field in fields {
            guard [1, 2, 4, 8].contains(field.width), (0...size).contains(field.offset), field.count >= 1,
                field.count <= size, field.offset + field.width * field.count <= size
            else { return nil }
            var offset = field.offset
            let end = offset + field.width * field.count
            while offset < end {
                let width = field.width == 1 && end - offset >= 8 ? 8 : field.width
                lanes.append(RecordLane(offset: offset, width: width))
                offset += width
            }
            guard lanes.count <= TraceFormat.maximumMaskedLanes + 1 else { return nil }
        }
        return lanes
    }
}
