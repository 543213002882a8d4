// SPDX-License-Identifier: Apache-2.0

/// Values by key, in slots that are used again: one look-up finds the slot, and through it the value is read and changed
/// where it is. Memory is that of the most values at one time.
struct SlotMap<Key: SlotKey, Value: Sendable>: Sendable {
    private var table = SlotTable<Key>()
    /// A slot keeps its old value until it is used again.
    private var values: [Value] = []
    private var free: [Int32] = []

    var count: Int { table.count }
    /// The slots in use, in no order.
    var slots: [Int32] { table.values }

    func slot(_ key: Key) -> Int32? { table[key] }

    subscript(slot: Int32) -> Value {
        _read { yield values[Int(slot)] }
        _modify { yield &values[Int(slot)] }
    }

    /// The key must not be there yet.
    @discardableResult
    mutating func insert(_ key: Key, _ value: Value) -> Int32 {
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
            values[Int(slot)] = value
        } else {
            slot = Int32(truncatingIfNeeded: values.count)
            values.append(value)
        }
        table[key] = slot
        return slot
    }

    /// Returns the slot that the key had; its value can be read until something is inserted.
    @discardableResult
    mutating func remove(_ key: Key) -> Int32? {
        guard let slot = table.removeValue(forKey: key) else { return nil }
        free.append(slot)
        return slot
    }
}
