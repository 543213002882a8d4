// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Datagrams that came and did not find room.
extension Correlator {
    private static let datagram: UInt16 = 17
    private static let dropLimit = 256

    mutating func take(_ record: ps_datagram_drop, _ ordinal: UInt64) {
        // Inodes of sockets that are closed are not in the ledger any more: then the drop belongs to none that is listed.
        guard record.socket_inode != 0 else { return }
        let socket = core.sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        core.sockets[socket].protocolNumber = Self.datagram
        if let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port) {
            core.sockets[socket].local = local
        } else if core.sockets[socket].local == nil {
            core.sockets[socket].family = record.family
        }
        var drops = core.sockets[socket].drops ?? DropState()
        drops.add(record, ordinal: ordinal)
        core.sockets[socket].drops = drops
    }

    mutating func noteDrops(_ record: ps_census_socket, _ socket: Int32, _ ordinal: UInt64) {
        guard record.protocol == Self.datagram else { return }
        var drops = core.sockets[socket].drops ?? DropState()
        drops.add(record, ordinal: ordinal, isBorn: core.sockets[socket].birth != nil)
        core.sockets[socket].drops = drops
    }

    mutating func endDrops(of socket: Int32) {
        guard let summary = dropSummary(of: socket) else { return }
        if detectors.datagramDrops.count < Self.dropLimit {
            detectors.datagramDrops.append(summary)
        } else {
            detectors.unlistedDrops &+= summary.drops
        }
    }

    /// `nil`: it lost none.
    func dropSummary(of slot: Int32) -> DatagramDrops? {
        let socket = core.sockets[slot]
        guard let drops = socket.drops, drops.total > 0 else { return nil }
        return DatagramDrops(
            local: socket.local, descriptor: socket.descriptor >= 0 ? socket.descriptor : nil, drops: drops.total,
            hostDrops: drops.hostDrops, longestBurst: max(drops.longestBurst, drops.drops == 0 ? drops.total : 0),
            bufferBytes: UInt64(drops.bufferBytes), first: (drops.first ?? drops.census)?.reference,
            last: (drops.last ?? drops.census)?.reference)
    }
}
