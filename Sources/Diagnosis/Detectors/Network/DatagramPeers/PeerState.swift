// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The peers of one UDP socket, so far.
struct PeerState {
    private static let peerLimit = 64

    /// It spoke first. Who waits to be spoken to expects anybody.
    let isClient: Bool
    private(set) var peers: [DatagramExchange] = []
    /// Turns to peers beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0
    /// Where the datagrams of the next send, and receive, are counted; -1: not known.
    private var sending = -1
    private var receiving = -1

    init(isClient: Bool) { self.isClient = isClient }

    mutating func turn(isReceive: Bool, to peer: Endpoint, at mark: EventMark) {
        var place = peers.firstIndex { $0.peer == peer } ?? -1
        if place < 0, peers.count < Self.peerLimit {
            place = peers.count
            peers.append(DatagramExchange(peer: peer, first: mark.reference))
        } else if place < 0 {
            unlisted &+= 1
        }
        if isReceive { receiving = place } else { sending = place }
    }

    mutating func note(_ io: SocketIO) {
        let place = io.isReceive ? receiving : sending
        guard io.isData, place >= 0 else { return }
        if io.isReceive {
            peers[place].receivedDatagrams &+= 1
            peers[place].receivedBytes &+= io.bytes
        } else {
            peers[place].sentDatagrams &+= 1
            peers[place].sentBytes &+= io.bytes
        }
    }
}
