// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The acquires that have begun and not ended, by slot.
struct PendingLedger {
    private var requests = SlotMap<PendingKey, PendingAcquire>()
    /// The innermost acquire of the goroutine at an address.
    private var ofGoroutine = SlotTable<UInt64>()

    var count: Int { requests.count }
    /// In no order.
    var slots: [Int32] { requests.slots }

    subscript(slot: Int32) -> PendingAcquire {
        _read { yield requests[slot] }
    }

    func slot(_ key: PendingKey) -> Int32? { requests.slot(key) }

    /// The key must not be there yet. Returns the slot.
    mutating func begin(_ request: PendingAcquire) -> Int32 {
        let slot = requests.insert(request.key, request)
        if request.goroutineAddress != 0 {
            requests[slot].outer = ofGoroutine[request.goroutineAddress] ?? -1
            ofGoroutine[request.goroutineAddress] = slot
        }
        return slot
    }

    /// Returns its slot, which can be read until another begins.
    mutating func end(_ key: PendingKey) -> Int32? {
        guard let slot = requests.remove(key) else { return nil }
        let address = requests[slot].goroutineAddress
        guard address != 0, ofGoroutine[address] == slot else { return slot }
        let outer = requests[slot].outer
        let isOuterOpen = outer >= 0 && requests.slot(requests[outer].key) == outer
        ofGoroutine[address] = isOuterOpen && requests[outer].goroutineAddress == address ? outer : nil
        return slot
    }

    /// The acquire of an earlier goroutine at the address of `holder`'s: Go uses a `g` again when its goroutine has ended.
    func leftover(at address: UInt64, of holder: HolderKey) -> HolderKey? {
        guard address != 0, let slot = ofGoroutine[address], requests[slot].key.holder != holder else { return nil }
        return requests[slot].key.holder
    }

    /// Returns the pool, where that is news.
    mutating func noteDial(_ slot: Int32, at now: UInt64) -> Int32? {
        if requests[slot].isDialling { return nil }
        requests[slot].isDialling = true
        requests[slot].dialAt = now
        return requests[slot].pool
    }

    mutating func noteLookup(_ slot: Int32, took: UInt64) { requests[slot].lookupTime &+= took }

    /// Those that wait for a connection of the pool.
    func queued(inPool pool: Int) -> [Int32] {
        slots.filter { Int(requests[$0].pool) == pool && !requests[$0].isDialling }
    }
}
