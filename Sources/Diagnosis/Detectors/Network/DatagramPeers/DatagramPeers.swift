// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// UDP sockets that are not connected: with whom they exchange datagrams.
struct DatagramPeers: Sendable {
    static let strayLimit = 256

    private var ledger = PeerLedger()
    /// Its datagrams have peers of their own.
    private var hasPeers = SocketColumn(false)
    private var strays = BoundedList<StrayDatagrams>(limit: Self.strayLimit)

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        if hasPeers[event.socket] { ledger.note(event.io, inode: core.sockets[event.socket].inode) }
    }

    mutating func turned(_ record: ps_datagram_peer, to peer: Endpoint, on socket: SocketSlot, _ ordinal: UInt64) {
        hasPeers[socket] = ledger.turn(
            record.socket_inode, isReceive: record.operation == ps_io_operation.receive.rawValue, to: peer,
            at: EventMark(record.header, ordinal: ordinal))
    }

    /// The socket is closed.
    ///
    /// - Returns: what it exchanged, for its peers' endpoints.
    mutating func socketGone(_ socket: SocketSlot, _ core: Core) -> PeerState? {
        guard hasPeers[socket], let state = ledger.remove(inode: core.sockets[socket].inode) else { return nil }
        for stray in strays(of: socket, state, core) { strays.append(stray) }
        return state
    }

    private func strays(of socket: SocketSlot, _ state: PeerState, _ core: Core) -> [StrayDatagrams] {
        guard state.isClient else { return [] }
        let (local, descriptor) = (core.sockets[socket].local, core.sockets[socket].descriptor)
        return state.peers.filter { $0.sentDatagrams == 0 && $0.receivedDatagrams > 0 }.map {
            StrayDatagrams(local: local, descriptor: descriptor >= 0 ? descriptor : nil, peer: $0)
        }
    }

    /// - Parameter endpoints: A copy, to which those that are open are added.
    func addResult(to analysis: inout TraceAnalysis, _ endpoints: inout EndpointLedger, _ core: Core) {
        analysis.strayDatagrams = strays.items
        analysis.unlistedStrays = strays.unlisted
        for socket in core.sockets.all where hasPeers[socket] {
            guard let state = ledger.state(inode: core.sockets[socket].inode) else { continue }
            endpoints.add(state, isOpen: true)
            analysis.strayDatagrams += strays(of: socket, state, core)
        }
        analysis.strayDatagrams.sort { $0.peer.first.ordinal < $1.peer.first.ordinal }
    }
}
