// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How pools' connections come and go.
struct Turnover: Sendable {
    private var pools = PoolColumn(TurnoverState())

    private static let established: UInt16 = 1
    /// A pool that closes what it has no room for does it in the release.
    private static let releaseWindow: UInt64 = 50_000_000

    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        let bornAt = core.sockets[join.socket].bornAt
        if core.sockets[join.socket].use.leases == 1, bornAt != 0 { pools[join.pool].noteOpen(at: bornAt) }
        pools[join.pool].leases &+= 1
        if join.state != 0 { pools[join.pool].leasesOfKnownState &+= 1 }
    }

    /// The socket is closed. Counted when the decision was this process's: the connection was sound, and so was its lease.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        let use = core.sockets[socket].use
        let isSound =
            record.state == Self.established || (record.state == 0 && core.sockets[socket].closeWait == nil)
            || isFarewellAnswered(on: socket, by: record, core)
        guard use.pool >= 0, isSound, record.socket_error == 0, !use.isReleasedWithError else { return }
        let now = record.header.timestamp_ns
        if core.sockets[socket].bornAt != 0 { pools[use.pool].noteClose(at: now) }
        guard core.sockets[socket].firstLease < 0, use.releasedAt != 0, now >= use.releasedAt,
            now - use.releasedAt <= Self.releaseWindow
        else { return }
        pools[use.pool].noteCloseAtRelease(EventMark(record.header, ordinal: ordinal))
    }

    /// Whoever closes took leave of the peer after the release, as drivers do, and since then the peer's FIN has come: on a busy
    /// machine the server has closed first.
    private func isFarewellAnswered(on socket: SocketSlot, by record: ps_socket_close, _ core: Core) -> Bool {
        let released = core.sockets[socket].use.releasedAt
        guard let closeWait = core.sockets[socket].closeWait, core.sockets[socket].firstLease < 0, released != 0,
            let closer = HolderKey(record.header)
        else { return false }
        return closeWait.timestamp >= released && core.sockets[socket].unanswered.lastAt >= released
            && core.sockets[socket].unanswered.isFarewell(
                of: closer, closedAt: record.header.timestamp_ns, farewellTime: core.settings.floors.farewell)
    }

    func addResult(to summary: inout PoolSummary, pool: Int32) { summary.turnover = pools[pool].summary }
}
