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
    private struct Entry {
        var generation: UInt32
        var value: Value
    }

    private var entries: [Entry] = []
    private let initial: Value

    init(_ initial: Value) { self.initial = initial }

    subscript(slot: Slot) -> Value {
        // why: not `_read`, whose frame is allocated wherever the compiler does not see through it.
        @inline(__always) get { has(slot) ? entries[Int(slot.index)].value : initial }
        @inline(__always) _modify {
            if !has(slot) { enter(slot) }
            yield &entries[Int(slot.index)].value
        }
    }

    @inline(__always)
    private func has(_ slot: Slot) -> Bool {
        Int(slot.index) < entries.count && entries[Int(slot.index)].generation == slot.generation
    }

    private mutating func enter(_ slot: Slot) {
        let index = Int(slot.index)
        while entries.count <= index { entries.append(Entry(generation: 0, value: initial)) }
        entries[index] = Entry(generation: slot.generation, value: initial)
    }
}

typealias SocketColumn<Value: Sendable> = SlotColumn<SocketSlot, Value>
typealias LeaseColumn<Value: Sendable> = SlotColumn<LeaseSlot, Value>
