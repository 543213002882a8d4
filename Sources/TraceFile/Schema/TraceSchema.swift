// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

/// Every kind of record that a file may hold, with its fields: the payload of the schema block.
public struct TraceSchema: Codable, Hashable, Sendable {
    /// A packed record names its kind by its place in this list.
    public var records: [RecordSchema]

    public init(records: [RecordSchema]) { self.records = records }

    /// The JSON of the schema block: sorted keys, so that equal schemas have equal bytes.
    func json() throws(TraceFileError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(self)) } catch { throw .cannotEncode("schema", error) }
    }

    /// Reads a schema block; `nil` when it is not JSON or breaks a rule of the format.
    init?(json: UnsafeRawBufferPointer) {
        // The usual case, and fifty times faster than JSON.
        if let own = Self.currentJSON, let start = json.baseAddress, own.count == json.count,
            memcmp(own, start, own.count) == 0
        {
            self = .current
            return
        }
        guard let schema = try? JSONDecoder().decode(Self.self, from: Data(json)), schema.isSound else { return nil }
        self = schema
    }

    private var isSound: Bool {
        records.count <= TraceFormat.maximumRecordKinds && records.allSatisfy { $0.lanes != nil }
            && Set(records.map(\.name)).count == records.count && Set(records.map(\.kind)).count == records.count
    }
}
