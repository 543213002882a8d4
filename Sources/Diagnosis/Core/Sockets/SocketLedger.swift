// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The live sockets, by slot: slots are reused, so that an I/O record costs one look-up and no allocation.
struct SocketLedger {
    private(set) var slots: [SocketState] = []
    private var free: [Int32] = []
    private var byInode = SlotTable<UInt64>()
    private var byKey = SlotTable<UInt64>()
    /// Descriptor numbers that refer to a socket.
    private(set) var descriptors = SlotTable<Int32>()

    var live: [Int32] { byInode.values }

    /// As `live`, in the order of their places: what is summed up of them does not depend on hashing.
    var all: [SocketSlot] { byInode.values.sorted().map { self.slot($0) } }

    /// The place, with who has it now.
    @inline(__always)
    func slot(_ index: Int32) -> SocketSlot {
        SocketSlot(index: index, generation: slots[Int(index)].generation)
    }

    subscript(slot: SocketSlot) -> SocketState {
        _read { yield slots[Int(slot.index)] }
        _modify { yield &slots[Int(slot.index)] }
    }

    subscript(slot: Int32) -> SocketState {
        _read { yield slots[Int(slot)] }
        _modify { yield &slots[Int(slot)] }
    }

    func slot(inode: UInt64) -> Int32? { byInode[inode] }

    /// By inode, or by the socket's address where the record has no inode.
    func slot(inode: UInt64, key: UInt64) -> Int32? {
        inode != 0 ? byInode[inode] : (key != 0 ? byKey[key] : nil)
    }

    func slot(descriptor: Int32) -> Int32? { descriptors[descriptor] }

    /// The socket's slot; a socket that was not known is entered as born before its first record.
    mutating func enter(inode: UInt64, key: UInt64 = 0, at now: UInt64) -> Int32 {
        let slot: Int32
        if let known = byInode[inode] {
            slot = known
        } else if let reused = free.popLast() {
            slot = reused
            let generation = slots[Int(slot)].generation &+ 1
            slots[Int(slot)] = SocketState(inode: inode, firstSeen: now)
            slots[Int(slot)].generation = max(1, generation)
            byInode[inode] = slot
        } else {
            slot = Int32(truncatingIfNeeded: slots.count)
            slots.append(SocketState(inode: inode, firstSeen: now))
            byInode[inode] = slot
        }
        if key != 0, slots[Int(slot)].key == 0 {
            slots[Int(slot)].key = key
            byKey[key] = slot
        }
        return slot
    }

    /// A descriptor number now refers to the socket, whatever it referred to before.
    mutating func refer(_ descriptor: Int32, to slot: Int32) {
        guard descriptor >= 0, descriptors[descriptor] != slot else { return }
        unrefer(descriptor)
        descriptors[descriptor] = slot
        slots[Int(slot)].descriptorCount &+= 1
        slots[Int(slot)].descriptor = descriptor
    }

    /// The descriptor is closed. Returns the socket that it referred to.
    @discardableResult
    mutating func unrefer(_ descriptor: Int32) -> Int32? {
        guard let slot = descriptors.removeValue(forKey: descriptor) else { return nil }
        slots[Int(slot)].descriptorCount &-= 1
        return slot
    }

    /// Takes a closed socket out. The caller has copied what it still needs.
    mutating func remove(_ slot: Int32) {
        let socket = slots[Int(slot)]
        byInode.removeValue(forKey: socket.inode)
        if socket.key != 0, byKey[socket.key] == slot { byKey.removeValue(forKey: socket.key) }
        if socket.descriptorCount > 0 {
            for descriptor in descriptors.keys(ofSlot: slot) { descriptors.removeValue(forKey: descriptor) }
        }
        free.append(slot)
    }
}
