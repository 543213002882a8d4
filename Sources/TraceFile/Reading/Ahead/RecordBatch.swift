// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Records one after the other in one piece of memory, as a thread hands them to another.
struct RecordBatch: ~Copyable {
    /// Many of the largest records, and little beside a processor's second cache.
    private static let capacity = 64 << 10
    /// Before each record: kind and size, two bytes each. All start where eight bytes do.
    private static let prefix = 8
    private let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    private var used = 0

    deinit { memory.deallocate() }

    var isEmpty: Bool { used == 0 }

    mutating func removeAll() { used = 0 }

    /// `false`: there is no room for the record. An empty batch has room for any record.
    @inline(__always)
    mutating func append(_ record: RecordView) -> Bool {
        let count = record.bytes.count
        let needed = Self.prefix &+ (count &+ 7) & ~7
        guard let source = record.bytes.baseAddress, needed <= Self.capacity &- used else { return false }
        let place = memory + used
        place.storeBytes(of: UInt32(record.kind) | UInt32(truncatingIfNeeded: count) << 16, as: UInt32.self)
        (place + Self.prefix).copyMemory(from: source, byteCount: count)
        used &+= needed
        return true
    }

    @inline(__always)
    func forEach(_ body: (RecordView) throws -> Void) rethrows {
        var place = 0
        while place < used {
            let word = (memory + place).load(as: UInt32.self)
            let count = Int(word >> 16)
            let bytes = UnsafeRawBufferPointer(start: memory + (place &+ Self.prefix), count: count)
            try body(RecordView(checkedKind: UInt16(truncatingIfNeeded: word), bytes: bytes))
            place &+= Self.prefix &+ (count &+ 7) & ~7
        }
    }
}
