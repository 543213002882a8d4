// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The sockets that the target holds, each with what has been learnt about it. Its storage is reused.
struct ObservedSockets: Sendable {
    private var indexByInode: [UInt64: Int] = [:]
    /// One record per socket, as templates for the records of its descriptors.
    private(set) var records: [ps_census_socket] = []
    private var isResolved: [Bool] = []
    private(set) var unresolvedCount = 0

    /// Starts over with the sockets of `descriptors`. Fills `slots` with the index in `records` of each descriptor.
    mutating func begin(_ descriptors: [DescriptorTable.Entry], slots: inout [Int]) {
        indexByInode.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        isResolved.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        for entry in descriptors {
            if let index = indexByInode[entry.socketInode] {
                slots.append(index)
                continue
            }
            indexByInode[entry.socketInode] = records.count
            slots.append(records.count)
            records.append(ps_census_socket(unknown: entry.socketInode))
            isResolved.append(false)
        }
        unresolvedCount = records.count
    }

    func contains(_ inode: UInt64) -> Bool { indexByInode[inode] != nil }

    func isResolved(at index: Int) -> Bool { isResolved[index] }

    /// Lets `fill` describe the socket, from nothing; does nothing when the target does not hold it.
    mutating func resolve(_ inode: UInt64, _ fill: (inout ps_census_socket) -> Void) {
        guard let index = indexByInode[inode] else { return }
        records[index] = ps_census_socket(unknown: inode)
        fill(&records[index])
        if !isResolved[index] {
            isResolved[index] = true
            unresolvedCount -= 1
        }
    }

    /// Tells family, type and protocol of a socket that stays unresolved.
    mutating func setKind(at index: Int, _ kind: SocketProtocolName) {
        records[index].family = kind.family
        records[index].type = kind.type
        records[index].protocol = kind.transport
    }
}
