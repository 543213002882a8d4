// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

extension Core {
    private static let established: UInt16 = 1

    /// Whether the close of a pool's socket is this process's own decision: the connection was sound, and so was its last lease.
    func isSoundClose(_ record: ps_socket_close, _ socket: SocketSlot) -> Bool {
        let isConnected =
            record.state == Self.established || (record.state == 0 && sockets[socket].closeWait == nil)
            || isFarewellAnswered(on: socket, by: record)
        return isConnected && record.socket_error == 0 && !sockets[socket].use.isReleasedWithError
    }

    /// Whoever closes took leave of the peer after the release, as drivers do, and since then the peer's FIN has come: on a busy
    /// machine the server has closed first.
    private func isFarewellAnswered(on socket: SocketSlot, by record: ps_socket_close) -> Bool {
        let released = sockets[socket].use.releasedAt
        guard let closeWait = sockets[socket].closeWait, sockets[socket].firstLease < 0, released != 0,
            let closer = HolderKey(record.header)
        else { return false }
        return closeWait.timestamp >= released && sockets[socket].unanswered.lastAt >= released
            && sockets[socket].unanswered.isFarewell(
                of: closer, closedAt: record.header.timestamp_ns, farewellTime: settings.floors.farewell)
    }
}
