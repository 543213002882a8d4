// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Datagrams that came and did not find room.
struct UDPDrop: Detector {
    private static let datagram: UInt16 = 17

    /// Of UDP sockets that a census listed or that lost datagrams.
    private var drops = SocketColumn(DropState?.none)
    private var ended: [DatagramDrops] = []
    private static let limit = 256
    /// Datagrams that closed sockets beyond those listed had lost.
    private(set) var unlisted: UInt64 = 0

    mutating func datagramDropped(_ record: ps_datagram_drop, _ ordinal: UInt64, _ socket: SocketSlot) {
        var state = drops[socket] ?? DropState()
        state.add(record, ordinal: ordinal)
        drops[socket] = state
    }

    mutating func censusSaw(
        _ record: ps_census_socket, _ ordinal: UInt64, _ socket: SocketSlot, _ core: Core
    ) {
        guard record.protocol == Self.datagram else { return }
        var state = drops[socket] ?? DropState()
        state.add(record, ordinal: ordinal, isBorn: core.sockets[socket].birth != nil)
        drops[socket] = state
    }

    mutating func socketGone(_ socket: SocketSlot, _ core: Core) {
        guard let summary = summary(of: socket, core) else { return }
        if ended.count < Self.limit { ended.append(summary) } else { unlisted &+= summary.drops }
    }

    func total(of socket: SocketSlot) -> UInt64 { drops[socket]?.total ?? 0 }

    /// `nil`: it lost none.
    private func summary(of slot: SocketSlot, _ core: Core) -> DatagramDrops? {
        guard let drops = drops[slot], drops.total > 0 else { return nil }
        let descriptor = core.sockets[slot].descriptor
        return DatagramDrops(
            local: core.sockets[slot].local, descriptor: descriptor >= 0 ? descriptor : nil, drops: drops.total,
            hostDrops: drops.hostDrops, longestBurst: max(drops.longestBurst, drops.drops == 0 ? drops.total : 0),
            bufferBytes: UInt64(drops.bufferBytes), first: (drops.first ?? drops.census)?.reference,
            last: (drops.last ?? drops.census)?.reference)
    }

    /// The first one first.
    func items(_ core: Core) -> [DatagramDrops] {
        var all = ended
        for socket in core.sockets.all {
            if let summary = summary(of: socket, core) { all.append(summary) }
        }
        return all.sorted { ($0.first?.ordinal ?? 0) < ($1.first?.ordinal ?? 0) }
    }
}
