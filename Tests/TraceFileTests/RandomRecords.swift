// SPDX-License-Identifier: Apache-2.0
import TestSupport
import TraceFile
import TraceModel

/// Records of every kind with random and extreme values, the same in every run.
struct RandomRecords {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func below(_ limit: Int) -> Int { random.below(limit) }

    /// A record of `schema`; each field is random, small, 0, all ones, or the smallest or largest signed number.
    mutating func bytes(_ schema: RecordSchema) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: schema.size)
        for field in schema.fields {
            for element in 0..<field.count {
                let top = UInt64(1) << UInt64(field.width * 8 - 1)
                let value: UInt64 = [next(), next() % 100, 0, .max, top, top - 1][below(6)]
                let start = field.offset + element * field.width
                for byte in 0..<field.width {
                    bytes[start + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))
                }
            }
        }
        // header.kind
        bytes[24] = UInt8(schema.kind & 0xFF)
        bytes[25] = UInt8(schema.kind >> 8)
        return bytes
    }

    /// `count` records, of kinds chosen at random.
    mutating func records(_ count: Int, schema: TraceSchema = .current) -> [(kind: UInt16, bytes: [UInt8])] {
        (0..<count).map { _ in
            let record = schema.records[below(schema.records.count)]
            return (record.kind, bytes(record))
        }
    }
}
