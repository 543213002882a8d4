// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The socket of a lease.
extension Core {
    private static let tcp: UInt16 = 6
    private static let closeWait: UInt16 = 8

    /// - Parameter state: the TCP state at the acquire; 0: the records must tell.
    mutating func noteUse(of socket: Int32, by lease: Int32, state: UInt16) -> LeaseJoin {
        let pool = leases[lease].pool
        if sockets[socket].use.pool != pool { sockets[socket].use = PooledUse(pool: pool) }
        sockets[socket].use.leases &+= 1
        return join(of: lease, socket, state)
    }

    /// A lease ends, its socket still linked.
    mutating func noteRelease(of lease: Int32, at end: UInt64, hasError: Bool) {
        let socket = leases[lease].socket
        guard socket >= 0 else { return }
        sockets[socket].use.releasedAt = end
        sockets[socket].use.isReleasedWithError = hasError
    }

    private func join(of lease: Int32, _ socket: Int32, _ recorded: UInt16) -> LeaseJoin {
        let isTCP = sockets[socket].protocolNumber == Self.tcp
        let acquired = leases[lease].acquired.timestamp
        let closedAt = isTCP ? sockets[socket].closeWait.map(\.timestamp).flatMap { $0 <= acquired ? $0 : nil } : nil
        let known = recorded != 0 ? recorded : (closedAt != nil ? Self.closeWait : sockets[socket].state)
        return LeaseJoin(
            lease: leases.slot(lease), socket: sockets.slot(socket), pool: leases[lease].pool,
            state: isTCP ? known : 0, isStateRead: recorded != 0, peerClosedAt: closedAt)
    }
}
