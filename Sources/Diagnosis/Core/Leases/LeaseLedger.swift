// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The open leases, by slot, in a list for each holder: an I/O record finds those of its goroutine in one look-up.
struct LeaseLedger {
    /// Slots of ended leases keep their old value until they are used again; no list or index leads to them.
    private var slots: [LeaseState] = []
    private var free: [Int32] = []
    private var byKey = SlotTable<LeaseKey>()
    private var firstOfHolder = SlotTable<HolderKey>()
    /// What was known of the sockets that closed during their leases.
    private var closedSockets: [Int32: SocketSummary] = [:]
    private var generation: UInt64 = 0

    var openCount: Int { byKey.count }
    var open: [Int32] { byKey.values }

    /// The place, with who has it now.
    @inline(__always)
    func slot(_ index: Int32) -> LeaseSlot {
        LeaseSlot(index: index, generation: UInt32(truncatingIfNeeded: slots[Int(index)].id.generation))
    }

    subscript(slot: LeaseSlot) -> LeaseState {
        _read { yield slots[Int(slot.index)] }
        _modify { yield &slots[Int(slot.index)] }
    }

    subscript(slot: Int32) -> LeaseState {
        _read { yield slots[Int(slot)] }
        _modify { yield &slots[Int(slot)] }
    }

    func slot(_ key: LeaseKey) -> Int32? { byKey[key] }

    /// The holder's leases are a list: this is its first, `nextOfHolder` leads on.
    func first(of holder: HolderKey) -> Int32? { firstOfHolder[holder] }

    /// The lease's socket, if it closed during the lease.
    func closedSocket(of slot: Int32) -> SocketSummary? { self[slot].isSocketClosed ? closedSockets[slot] : nil }

    mutating func setClosedSocket(_ summary: SocketSummary, of slot: Int32) {
        self[slot].isSocketClosed = true
        self[slot].closedSocketBornAt = summary.id.bornAt?.nanoseconds ?? 0
        closedSockets[slot] = summary
    }

    mutating func nextGeneration() -> UInt64 {
        generation &+= 1
        return generation
    }

    mutating func add(_ lease: LeaseState) -> Int32 {
        let slot = free.popLast() ?? Int32(truncatingIfNeeded: slots.count)
        if Int(slot) == slots.count { slots.append(lease) } else { slots[Int(slot)] = lease }
        if let holder = lease.holderKey {
            self[slot].nextOfHolder = firstOfHolder[holder] ?? -1
            firstOfHolder[holder] = slot
        }
        byKey[lease.key] = slot
        return slot
    }

    /// Takes an ended lease out. Its socket's list is the caller's to mend.
    mutating func remove(_ slot: Int32) {
        if self[slot].isSocketClosed { closedSockets.removeValue(forKey: slot) }
        byKey.removeValue(forKey: self[slot].key)
        if let holder = self[slot].holderKey { unlink(slot, next: self[slot].nextOfHolder, from: holder) }
        free.append(slot)
    }

    private mutating func unlink(_ slot: Int32, next: Int32, from holder: HolderKey) {
        var current = firstOfHolder[holder] ?? -1
        if current == slot {
            firstOfHolder[holder] = next >= 0 ? next : nil
            return
        }
        while current >= 0 {
            if self[current].nextOfHolder == slot {
                self[current].nextOfHolder = next
                return
            }
            current = self[current].nextOfHolder
        }
    }
}
