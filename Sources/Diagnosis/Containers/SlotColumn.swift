// SPDX-License-Identifier: Apache-2.0

/// A place in one of the core's tables, and which of the entities that had the place is meant.
protocol EntitySlot: Hashable, Sendable {
    var index: Int32 { get }
    var generation: UInt32 { get }
}

/// A socket that is alive. Places are reused; the generation tells who has one.
struct SocketSlot: EntitySlot, Comparable {
    let index: Int32
    let generation: UInt32

    static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}

/// A lease that is open. Places are reused; the generation tells who has one.
struct LeaseSlot: EntitySlot {
    let index: Int32
    let generation: UInt32
}

/// What a detector knows of each socket, or of each lease: a column beside the core's table.
///
/// An entity of which nothing was noted has the initial value. So has one that got the place of another which is gone:
/// nobody has to tell the column that an entity ended.
struct SlotColumn<Slot: EntitySlot, Value: Sendable>: Sendable {
    // why: not an Array: in place, each change would call two functions for its checks.
    private var storage: ColumnStorage<Value>
    private let initial: Value

    init(_ initial: Value) {
        self.initial = initial
        storage = ColumnStorage(copyOf: nil, count: 0, initial: initial)
    }

    subscript(slot: Slot) -> Value {
        // why: not `_read`, whose frame is allocated wherever the compiler does not see through it.
        @inline(__always) get { has(slot) ? storage.entries[Int(slot.index)].value : initial }
        @inline(__always) _modify {
            if !isKnownUniquelyReferenced(&storage) { makeUnique() }
            if !has(slot) { enter(slot) }
            yield &storage.entries[Int(slot.index)].value
        }
    }

    @inline(__always)
    private func has(_ slot: Slot) -> Bool {
        // A negative index is larger than any count.
        UInt(bitPattern: Int(slot.index)) < UInt(bitPattern: storage.count)
            && storage.entries[Int(slot.index)].generation == slot.generation
    }

    @inline(never)
    private mutating func makeUnique() {
        storage = ColumnStorage(copyOf: storage, count: storage.count, initial: initial)
    }

    @inline(never)
    private mutating func enter(_ slot: Slot) {
        let index = Int(slot.index)
        precondition(index >= 0)
        if index >= storage.count {
            storage = ColumnStorage(copyOf: storage, count: max(16, index + 1, storage.count * 2), initial: initial)
        }
        storage.entries[index] = ColumnStorage.Entry(generation: slot.generation, value: initial)
    }
}

typealias SocketColumn<Value: Sendable> = SlotColumn<SocketSlot, Value>
typealias LeaseColumn<Value: Sendable> = SlotColumn<LeaseSlot, Value>
