// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The connections that were leased and are not known to be closed, by slot, in a list for each socket: usually one, two
/// where a pool is built on another.
struct ConnectionLedger {
    /// Where neither closes nor sockets of a library are seen, connections are forgotten beyond this number, those first
    /// that have not been leased for longest.
    private static let limit = 65_536
    private var states = SlotMap<LeaseKey, ConnectionState>()
    private var firstOfSocket = SlotTable<UInt64>()

    var count: Int { states.count }
    var isFull: Bool { states.count >= Self.limit }
    /// In no order.
    var slots: [Int32] { states.slots }

    subscript(slot: Int32) -> ConnectionState {
        _read { yield states[slot] }
        _modify { yield &states[slot] }
    }

    func slot(_ key: LeaseKey) -> Int32? { states.slot(key) }

    /// Its key must not be there yet, and no socket be linked.
    mutating func enter(_ state: ConnectionState) -> Int32 { states.insert(state.key, state) }

    mutating func setSocket(_ inode: UInt64, of slot: Int32) {
        guard inode != 0, states[slot].inode != inode else { return }
        unlink(slot)
        states[slot].inode = inode
        states[slot].isSocketGone = false
        let next = firstOfSocket[inode] ?? -1
        states[slot].nextOfSocket = next
        if next >= 0 { states[next].previousOfSocket = slot }
        firstOfSocket[inode] = slot
    }

    /// The socket's connections are a list: this is its first, `nextOfSocket` leads on.
    func first(ofSocket inode: UInt64) -> Int32? { firstOfSocket[inode] }

    /// The socket is closed. Its connections keep its number, which is no longer theirs alone.
    mutating func forgetSocket(_ inode: UInt64) {
        var slot = firstOfSocket.removeValue(forKey: inode) ?? -1
        while slot >= 0 {
            let next = states[slot].nextOfSocket
            states[slot].previousOfSocket = -1
            states[slot].nextOfSocket = -1
            slot = next
        }
    }

    mutating func remove(_ slot: Int32) {
        unlink(slot)
        states.remove(states[slot].key)
    }

    private mutating func unlink(_ slot: Int32) {
        let (previous, next) = (states[slot].previousOfSocket, states[slot].nextOfSocket)
        if previous >= 0 {
            states[previous].nextOfSocket = next
        } else if firstOfSocket[states[slot].inode] == slot {
            firstOfSocket[states[slot].inode] = next >= 0 ? next : nil
        }
        if next >= 0 { states[next].previousOfSocket = previous }
        states[slot].previousOfSocket = -1
        states[slot].nextOfSocket = -1
    }

    mutating func forgetUnused(isLeased: (LeaseKey) -> Bool) {
        let idle = slots.filter { !isLeased(states[$0].key) }.sorted { left, right in
            let (left, right) = (states[left], states[right])
            return (left.lastUsed, left.key.connection, left.key.adapterID)
                < (right.lastUsed, right.key.connection, right.key.adapterID)
        }
        for slot in idle.prefix(Self.limit / 2) { remove(slot) }
    }
}
