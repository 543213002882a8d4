// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Whom the UDP sockets talk to that have no peer of their own, while they are alive.
struct PeerLedger {
    private static let socketLimit = 4096
    private var sockets: [UInt64: PeerState] = [:]

    /// From here on the socket's datagrams go to, or come from, this peer.
    mutating func turn(_ inode: UInt64, isReceive: Bool, to peer: Endpoint, at mark: EventMark) -> Bool {
        guard sockets[inode] != nil || sockets.count < Self.socketLimit else { return false }
        sockets[inode, default: PeerState(isClient: !isReceive)].turn(isReceive: isReceive, to: peer, at: mark)
        return true
    }

    mutating func note(_ io: SocketIO, inode: UInt64) {
        guard let index = sockets.index(forKey: inode) else { return }
        sockets.values[index].note(io)
    }

    mutating func remove(inode: UInt64) -> PeerState? { sockets.removeValue(forKey: inode) }

    func state(inode: UInt64) -> PeerState? { sockets[inode] }
}
