// SPDX-License-Identifier: Apache-2.0

/// From keys to slots of a ledger: open addressing with linear probing, in two flat arrays.
///
/// Every record of a trace is looked up a few times, and hashing was a quarter of an analysis with `Dictionary`. The
/// multiplier is random, so that a hostile trace cannot choose keys that collide.
struct SlotTable<Key: SlotKey>: Sendable {
    /// Only where `slots` has a slot.
    private var keys: [Key] = []
    /// -1: free. As many as `keys`, a power of two.
    private var slots: [Int32] = []
    private(set) var count = 0
    private let multiplier = UInt64.random(in: .min ... .max) | 1

    /// The slots, in no order.
    var values: [Int32] { slots.filter { $0 >= 0 } }

    subscript(key: Key) -> Int32? {
        @inline(__always) get {
            if count == 0 { return nil }
            var place = home(of: key)
            while slots[place] >= 0 {
                if keys[place] == key { return slots[place] }
                place = (place &+ 1) & (slots.count &- 1)
            }
            return nil
        }
        set {
            if let newValue { insert(key, newValue) } else { removeValue(forKey: key) }
        }
    }

    private mutating func insert(_ key: Key, _ slot: Int32) {
        if (count + 1) * 2 > slots.count { grow(filledWith: key) }
        var place = home(of: key)
        while slots[place] >= 0 {
            if keys[place] == key {
                slots[place] = slot
                return
            }
            place = (place &+ 1) & (slots.count &- 1)
        }
        keys[place] = key
        slots[place] = slot
        count += 1
    }

    /// Returns the slot that the key had.
    @discardableResult
    mutating func removeValue(forKey key: Key) -> Int32? {
        if count == 0 { return nil }
        let mask = slots.count &- 1
        var place = home(of: key)
        while slots[place] >= 0, keys[place] != key { place = (place &+ 1) & mask }
        let found = slots[place]
        if found < 0 { return nil }
        // Moves back what the gap would hide: each entry stays between its home and the first free place after it.
        var next = (place &+ 1) & mask
        while slots[next] >= 0 {
            let distance = (next &- home(of: keys[next])) & mask
            if distance >= (next &- place) & mask {
                keys[place] = keys[next]
                slots[place] = slots[next]
                place = next
            }
            next = (next &+ 1) & mask
        }
        slots[place] = -1
        count -= 1
        return found
    }

    private mutating func grow(filledWith key: Key) {
        let (oldKeys, oldSlots) = (keys, slots)
        let size = max(16, slots.count * 2)
        keys = Array(repeating: key, count: size)
        slots = Array(repeating: -1, count: size)
        count = 0
        for (place, slot) in oldSlots.enumerated() where slot >= 0 { insert(oldKeys[place], slot) }
    }

    @inline(__always)
    private func home(of key: Key) -> Int {
        let mixed = key.word &* multiplier
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) >> 8) & (slots.count &- 1)
    }
}
