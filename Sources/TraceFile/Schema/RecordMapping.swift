// SPDX-License-Identifier: Apache-2.0

/// How a record kind of a file becomes one of this version: field by field, by name.
struct RecordMapping {
    struct Move {
        var from: FieldSchema
        var to: FieldSchema
    }

    /// The kind in this version.
    let kind: UInt16
    /// Bytes of this version's struct.
    let size: Int
    /// `nil`: the layouts are the same.
    let moves: [Move]?
    /// Where this version keeps the kind: the number may be another in the file.
    let kindOffset: Int
    private(set) var missingFields: [String] = []
    private(set) var unknownFields: [String] = []

    init(from file: RecordSchema, to current: RecordSchema) {
        kind = current.kind
        size = current.size
        kindOffset = current.fields.first { $0.name == "kind" && $0.width == 2 }?.offset ?? 24
        guard file.fields != current.fields || file.size != current.size || file.kind != current.kind else {
            moves = nil
            return
        }
        let fileFields = Dictionary(file.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var moves: [Move] = []
        for field in current.fields {
            // A field that became narrower may not fit: better absent than wrong.
            if let source = fileFields[field.name], source.width <= field.width {
                moves.append(Move(from: source, to: field))
            } else {
                missingFields.append("\(file.name).\(field.name)")
            }
        }
        let used = Set(moves.map(\.from.name))
        unknownFields = file.fields.filter { !used.contains($0.name) }.map { "\(file.name).\($0.name)" }
        self.moves = moves
    }

    /// Copies a record of the file into this version's struct, which holds zeros.
    func apply(_ moves: [Move], from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        for move in moves {
            for element in 0..<min(move.from.count, move.to.count) {
                let value = Self.load(source, at: move.from.offset + element * move.from.width, move.from)
                let offset = move.to.offset + element * move.to.width
                switch move.to.width {
                case 1: target.storeLittleEndian(UInt8(truncatingIfNeeded: value), at: offset)
                case 2: target.storeLittleEndian(UInt16(truncatingIfNeeded: value), at: offset)
                case 4: target.storeLittleEndian(UInt32(truncatingIfNeeded: value), at: offset)
                default: target.storeLittleEndian(value, at: offset)
                }
            }
        }
        target.storeLittleEndian(kind, at: kindOffset)
    }

    private static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ field: FieldSchema) -> Int64 {
        switch (field.width, field.signed) {
        case (1, false): Int64(bytes[offset])
        case (1, true): Int64(Int8(bitPattern: bytes[offset]))
        case (2, false): Int64(bytes.littleEndian(at: offset, as: UInt16.self))
        case (2, true): Int64(bytes.littleEndian(at: offset, as: Int16.self))
        case (4, false): Int64(bytes.littleEndian(at: offset, as: UInt32.self))
        case (4, true): Int64(bytes.littleEndian(at: offset, as: Int32.self))
        default: bytes.littleEndian(at: offset, as: Int64.self)
        }
    }
}
