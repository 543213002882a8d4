// SPDX-License-Identifier: Apache-2.0

/// What a schema means for unpacking; by place in the schema.
struct UnpackPlan: Sendable {
    let lanes: [[RecordLane]]
    /// `nil`: this version does not know the kind.
    let mappings: [RecordMapping?]

    /// For files of this version, which are nearly all.
    static let current = UnpackPlan(schema: .current)

    init(schema: TraceSchema) {
        let current = Dictionary(uniqueKeysWithValues: TraceSchema.current.records.map { ($0.name, $0) })
        lanes = schema.records.map { $0.lanes ?? [] }
        mappings = schema.records.map { record in current[record.name].map { RecordMapping(from: record, to: $0) } }
    }
}
