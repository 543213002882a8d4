// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// UDP sockets that are not connected: with whom they exchange datagrams.
extension Correlator {
    private static let udp: UInt16 = 17
    private static let strayLimit = 256

    mutating func take(_ record: ps_datagram_peer, _ ordinal: UInt64) {
        let peer = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        guard let peer, record.socket_inode != 0 else { return }
        let slot = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        if record.operation == ps_io_operation.send.rawValue { noteDatagramTurn(of: slot, to: peer) }
        core.sockets[slot].hasPeers = detectors.peers.turn(
            record.socket_inode, isReceive: record.operation == ps_io_operation.receive.rawValue, to: peer,
            at: EventMark(record.header, ordinal: ordinal))
    }

    /// The socket is closed: what it exchanged goes to its peers' endpoints.
    mutating func endPeers(of slot: Int32) {
        guard core.sockets[slot].hasPeers, let state = detectors.peers.remove(inode: core.sockets[slot].inode) else { return }
        core.endpoints.add(state, isOpen: false)
        for stray in strays(of: slot, state) {
            if detectors.strayDatagrams.count < Self.strayLimit { detectors.strayDatagrams.append(stray) } else { detectors.unlistedStrays &+= 1 }
        }
    }

    private func strays(of slot: Int32, _ state: PeerState) -> [StrayDatagrams] {
        guard state.isClient else { return [] }
        let socket = core.sockets[slot]
        return state.peers.filter { $0.sentDatagrams == 0 && $0.receivedDatagrams > 0 }.map {
            StrayDatagrams(
                local: socket.local, descriptor: socket.descriptor >= 0 ? socket.descriptor : nil, peer: $0)
        }
    }

    /// - Parameter endpoints: A copy, to which those that are open are added.
    func addPeers(of live: [Int32], to analysis: inout TraceAnalysis, _ endpoints: inout EndpointLedger) {
        analysis.strayDatagrams = detectors.strayDatagrams
        analysis.unlistedStrays = detectors.unlistedStrays
        for slot in live where core.sockets[slot].hasPeers {
            guard let state = detectors.peers.state(inode: core.sockets[slot].inode) else { continue }
            endpoints.add(state, isOpen: true)
            analysis.strayDatagrams += strays(of: slot, state)
        }
        analysis.strayDatagrams.sort { $0.peer.first.ordinal < $1.peer.first.ordinal }
    }
}
