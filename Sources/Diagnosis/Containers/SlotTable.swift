// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// From keys to slots of a ledger: open addressing with linear probing, in one flat array.
///
/// Every record of a trace is looked up a few times, and hashing was a third of an analysis with `Dictionary`. The
/// multipliers are random, so that a hostile trace cannot choose keys that collide.
struct SlotTable<Key: SlotKey>: Sendable {
    private struct Entry {
        /// Only where `slot` is one.
        var key: Key
        /// -1: free.
        var slot: Int32
    }

    /// As many as a power of two, or none.
    private var entries: [Entry] = []
    private(set) var count = 0
    private let multipliers = (UInt64.random(in: .min ... .max) | 1, UInt64.random(in: .min ... .max) | 1)

    /// The slots, in no order.
    var values: [Int32] { entries.compactMap { $0.slot >= 0 ? $0.slot : nil } }

    /// The keys that have this slot, in no order.
    func keys(ofSlot slot: Int32) -> [Key] {
        slot < 0 ? [] : entries.compactMap { $0.slot == slot ? $0.key : nil }
    }

    subscript(key: Key) -> Int32? {
        @inline(__always) get {
            if count == 0 { return nil }
            var place = home(of: key)
            return entries.withUnsafeBufferPointer { entries in
                while entries[place].slot >= 0 {
                    if entries[place].key == key { return entries[place].slot }
                    place = (place &+ 1) & (entries.count &- 1)
                }
                return nil
            }
        }
        set {
            if let newValue { insert(key, newValue) } else { removeValue(forKey: key) }
        }
    }

    private mutating func insert(_ key: Key, _ slot: Int32) {
        if (count &+ 1) &* 2 > entries.count { grow(filledWith: key) }
        var place = home(of: key)
        let isNew = entries.withUnsafeMutableBufferPointer { entries in
            while entries[place].slot >= 0 {
                if entries[place].key == key {
                    entries[place].slot = slot
                    return false
                }
                place = (place &+ 1) & (entries.count &- 1)
            }
            entries[place] = Entry(key: key, slot: slot)
            return true
        }
        if isNew { count &+= 1 }
    }

    /// Returns the slot that the key had.
    @discardableResult
    mutating func removeValue(forKey key: Key) -> Int32? {
        if count == 0 { return nil }
        let mask = entries.count &- 1
        var place = home(of: key)
        let multipliers = multipliers
        let found = entries.withUnsafeMutableBufferPointer { entries in
            while entries[place].slot >= 0, entries[place].key != key { place = (place &+ 1) & mask }
            let found = entries[place].slot
            if found < 0 { return found }
            // Moves back what the gap would hide: each entry stays between its home and the first free place after it.
            var next = (place &+ 1) & mask
            while entries[next].slot >= 0 {
                let distance = (next &- Self.place(of: entries[next].key, multipliers, mask)) & mask
                if distance >= (next &- place) & mask {
                    entries[place] = entries[next]
                    place = next
                }
                next = (next &+ 1) & mask
            }
            entries[place].slot = -1
            return found
        }
        if found < 0 { return nil }
        count &-= 1
        return found
    }

    private mutating func grow(filledWith key: Key) {
        let old = entries
        entries = Array(repeating: Entry(key: key, slot: -1), count: max(16, old.count * 2))
        count = 0
        for entry in old where entry.slot >= 0 { insert(entry.key, entry.slot) }
    }

    @inline(__always)
    private func home(of key: Key) -> Int { Self.place(of: key, multipliers, entries.count &- 1) }

    /// Where the search for the key begins.
    @inline(__always)
    private static func place(of key: Key, _ multipliers: (UInt64, UInt64), _ mask: Int) -> Int {
        let words = key.words
        let mixed = words.0 &* multipliers.0 &+ words.1 &* multipliers.1
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) >> 8) & mask
    }
}
