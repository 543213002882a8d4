// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How connections come into being: a name is looked up, a socket connects, TLS shakes hands, a pool leases it first.
///
/// Keyed by the socket, as some pools dial in another goroutine than the one that asks. Only the look-up, which has no
/// socket yet, is joined by the goroutine that opens one next.
extension Core {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1
    private static let established: UInt16 = 1
    private static let synSent: UInt16 = 2
    private static let inProgress: Int32 = -115

    mutating func noteBirth(_ record: ps_socket_open) {
        guard record.protocol == Self.tcp || record.family == Self.unix else { return }
        births.begin(inode: record.socket_inode, by: HolderKey(record.header), at: record.header.timestamp_ns)
    }

    /// - Returns: Whether the socket is connected.
    mutating func noteBirth(_ record: ps_socket_connect) -> Bool {
        guard record.result == 0 || record.result == Self.inProgress else { return false }
        let now = record.header.timestamp_ns
        births.update(inode: record.socket_inode) { birth in
            // The call's own begin, where it is known, is earlier than the state that it sets.
            if record.duration_ns != 0 {
                birth.connectStart = now &- min(now, record.duration_ns)
            } else if birth.connectStart == 0, record.result == Self.inProgress {
                birth.connectStart = now  // it does not wait
            }
        }
        if record.result == 0 { births.connected(inode: record.socket_inode, at: now) }
        return record.result == 0
    }

    /// - Returns: Whether the socket is connected now.
    mutating func noteBirth(_ record: ps_socket_state, socket: Int32) -> Bool {
        let inode = sockets[socket].inode
        let now = record.header.timestamp_ns
        if record.new_state == Self.synSent {
            births.update(inode: inode) { if $0.connectStart == 0 { $0.connectStart = now } }
        }
        guard record.new_state == Self.established, record.old_state == Self.synSent else { return false }
        births.connected(inode: inode, at: now)
        return true
    }

    /// - Parameter inode: 0: it is not known of which socket.
    mutating func noteBirth(_ record: ps_tls_handshake, inode: UInt64, _ ordinal: UInt64) {
        guard inode != 0 else {
            births.unplacedHandshakes &+= 1
            return
        }
        let now = record.header.timestamp_ns
        births.update(inode: inode) { birth in
            birth.handshakeStart = now &- min(now, record.duration_ns)
            birth.handshakeEnd = now
            birth.handshake = EventMark(record.header, ordinal: ordinal)
            birth.isHandshakeFailed = record.error_type != 0
        }
    }

    /// A lease is joined to a socket. The join of an earlier lease may come after that of a later one.
    ///
    /// - Returns: Whether the connection had none before.
    mutating func noteBirth(leased lease: Int32, socket: Int32) -> Bool {
        let (pool, wait, mark) = (leases[lease].pool, leases[lease].wait, leases[lease].acquired)
        let acquired = mark.timestamp
        var isFirst = false
        births.update(inode: sockets[socket].inode) { birth in
            guard birth.firstLeased == 0 || acquired < birth.firstLeased else { return }
            isFirst = birth.firstLeased == 0
            birth.firstLeased = acquired
            birth.firstRequested = wait.map { acquired &- min(acquired, $0) } ?? 0
            birth.firstLease = mark
            birth.pool = pool
        }
        return isFirst
    }
}
