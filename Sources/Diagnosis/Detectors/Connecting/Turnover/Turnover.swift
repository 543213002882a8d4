// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How pools' connections come and go.
struct Turnover: Sendable {
    private var pools = PoolColumn(TurnoverState())

    /// A pool that closes what it has no room for does it in the release.
    private static let releaseWindow: UInt64 = 50_000_000

    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        let bornAt = core.sockets[join.socket].bornAt
        if core.sockets[join.socket].use.leases == 1, bornAt != 0 { pools[join.pool].noteOpen(at: bornAt) }
        pools[join.pool].leases &+= 1
        if join.state != 0 { pools[join.pool].leasesOfKnownState &+= 1 }
    }

    /// The socket is closed. Counted when the decision was this process's.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        let use = core.sockets[socket].use
        guard use.pool >= 0, core.isSoundClose(record, socket) else { return }
        let now = record.header.timestamp_ns
        if core.sockets[socket].bornAt != 0 { pools[use.pool].noteClose(at: now) }
        guard core.sockets[socket].firstLease < 0, use.releasedAt != 0, now >= use.releasedAt,
            now - use.releasedAt <= Self.releaseWindow
        else { return }
        pools[use.pool].noteCloseAtRelease(EventMark(record.header, ordinal: ordinal))
    }

    func addResult(to summary: inout PoolSummary, pool: Int32) { summary.turnover = pools[pool].summary }
}
