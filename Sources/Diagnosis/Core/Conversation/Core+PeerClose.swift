// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections that their peer ends.
extension Core {
    private static let established: UInt16 = 1
    private static let close: UInt16 = 7
    private static let closeWait: UInt16 = 8
    /// From the last words of a peer to its FIN.
    private static let farewellTime: UInt64 = 50_000_000

    /// The peer ends an established connection: by FIN, or by RST, which leaves its error on the socket.
    ///
    /// - Returns: For how long nothing had been sent or received, in nanoseconds; `nil`: the peer does not end it, or the
    ///   connection is too young.
    mutating func endedByPeer(_ record: ps_socket_state, _ index: Int32) -> UInt64? {
        let now = record.header.timestamp_ns
        let socket = sockets.slot(index)
        guard record.old_state == Self.established,
            record.new_state == Self.closeWait || (record.new_state == Self.close && record.socket_error > 0),
            let endpoint = sockets[socket].remote, isOldEnoughToEnd(socket, at: now)
        else { return nil }
        if sockets[socket].isCountedConnected {
            sockets[socket].isCountedConnected = false
            endpointConnections.ended(endpoint)
        }
        return now &- min(now, spokenAt(socket, before: now))
    }

    /// A connection of this process's own. What is younger was closed after one request, as a server does that keeps no
    /// connections.
    func isOldEnoughToEnd(_ socket: SocketSlot, at now: UInt64) -> Bool {
        let bornAt = sockets[socket].bornAt
        let window = settings.thresholds[MassInvalidationRule.window].clampedNanoseconds
        return !isAccepted(socket) && (bornAt == 0 || now &- min(now, bornAt) >= window)
    }

    /// When something was sent or received last; not what the peer tells right before it ends the connection.
    private func spokenAt(_ socket: SocketSlot, before now: UInt64) -> UInt64 {
        let end = sockets[socket].end
        if end.spokenAt == 0 { return max(connectedAt(socket), sockets[socket].lastActivityByCensus) }
        let isFarewell = end.spokenBefore != 0 && now &- min(now, end.spokenAt) < Self.farewellTime
        return isFarewell ? end.spokenBefore : end.spokenAt
    }
}
