// SPDX-License-Identifier: Apache-2.0

/// The acquires that have begun and not ended, by slot, each with the clocks of its pool at the begin.
struct PendingLedger {
    private var requests = SlotMap<PendingKey, PendingAcquire>()
    /// Of `BlameLedger`, `BlameLedger.columnLimit` numbers for each slot.
    private(set) var clocks: [Double] = []

    var count: Int { requests.count }
    /// In no order.
    var slots: [Int32] { requests.slots }

    subscript(slot: Int32) -> PendingAcquire { requests[slot] }

    func slot(_ key: PendingKey) -> Int32? { requests.slot(key) }

    /// The key must not be there yet.
    mutating func begin(_ key: PendingKey, _ request: PendingAcquire, clocks now: [Double]) {
        let slot = requests.insert(key, request)
        requests[slot].clockCount = now.count
        let start = Self.place(ofClocksOf: slot)
        if start == clocks.count { clocks.append(contentsOf: repeatElement(0, count: BlameLedger.columnLimit)) }
        for column in now.indices { clocks[start + column] = now[column] }
    }

    /// Where in `clocks` those of a request are.
    static func place(ofClocksOf slot: Int32) -> Int { Int(slot) * BlameLedger.columnLimit }

    /// Returns its slot, which can be read until another begins.
    mutating func end(_ key: PendingKey) -> Int32? { requests.remove(key) }

    mutating func noteDial(_ key: PendingKey) {
        if let slot = requests.slot(key) { requests[slot].isDialling = true }
    }

    mutating func noteLookup(_ slot: Int32, took: UInt64) {
        requests[slot].isDialling = true
        requests[slot].lookupTime &+= took
    }

    /// Those that wait for a connection of the pool.
    func queued(inPool pool: Int) -> [Int32] {
        slots.filter { Int(requests[$0].pool) == pool && !requests[$0].isDialling }
    }
}
