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
        let socket = sockets.enter(
            inode: record.socket_inode, key: record.socket_key, at: record.header.timestamp_ns)
        sockets[socket].protocolNumber = Self.datagram
        if let local = Endpoint(family: record.family, address: record.local_address, port: record.local_port) {
            sockets[socket].local = local
        } else if sockets[socket].local == nil {
            sockets[socket].family = record.family
        }
        var drops = sockets[socket].drops ?? DropState()
        drops.add(record, ordinal: ordinal)
        sockets[socket].drops = drops
    }

    mutating func noteDrops(_ record: ps_census_socket, _ socket: Int32, _ ordinal: UInt64) {
        guard record.protocol == Self.datagram else { return }
        var drops = sockets[socket].drops ?? DropState()
        drops.add(record, ordinal: ordinal, isBorn: sockets[socket].birth != nil)
        sockets[socket].drops = drops
    }

    mutating func endDrops(of socket: Int32) {
        guard let summary = dropSummary(of: socket) else { return }
        if datagramDrops.count < Self.dropLimit {
            datagramDrops.append(summary)
        } else {
            unlistedDrops &+= summary.drops
        }
    }

    /// `nil`: it lost none.
    func dropSummary(of slot: Int32) -> DatagramDrops? {
        let socket = sockets[slot]
        guard let drops = socket.drops, drops.total > 0 else { return nil }
        return DatagramDrops(
            local: socket.local, descriptor: socket.descriptor >= 0 ? socket.descriptor : nil, drops: drops.total,
            hostDrops: drops.hostDrops, longestBurst: max(drops.longestBurst, drops.drops == 0 ? drops.total : 0),
            bufferBytes: UInt64(drops.bufferBytes), first: (drops.first ?? drops.census)?.reference,
            last: (drops.last ?? drops.census)?.reference)
    }
}
