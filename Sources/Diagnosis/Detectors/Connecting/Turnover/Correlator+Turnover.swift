// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections as a pool takes, gives and drops them: what the rules on reuse and on stale connections need.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let established: UInt16 = 1
    private static let synSent: UInt16 = 2
    /// FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, CLOSING (include/net/tcp_states.h).
    private static let closedStates: Set<UInt16> = [4, 5, 6, 7, 8, 9, 11]
    /// A pool that closes what it has no room for does it in the release.
    private static let releaseWindow: UInt64 = 50_000_000

    /// A lease has got its socket.
    ///
    /// - Parameter state: the TCP state at the acquire; 0: the records must tell.
    mutating func noteUse(of socket: Int32, by lease: Int32, state: UInt16) {
        let pool = core.leases[lease].pool
        var use = core.sockets[socket].use
        if use.pool != pool { use = PooledUse(pool: pool) }
        if use.leases == 0, core.sockets[socket].bornAt != 0 {
            core.pools[Int(pool)].turnover.noteOpen(at: core.sockets[socket].bornAt)
        }
        use.leases &+= 1
        core.sockets[socket].use = use
        core.pools[Int(pool)].turnover.leases &+= 1
        noteState(of: socket, by: lease, state)
    }

    private mutating func noteState(of socket: Int32, by lease: Int32, _ recorded: UInt16) {
        guard core.sockets[socket].protocolNumber == Self.tcp else { return }
        let acquired = core.leases[lease].acquired
        let closedAt = core.sockets[socket].closeWait.map(\.timestamp).flatMap { $0 <= acquired.timestamp ? $0 : nil }
        let state = recorded != 0 ? recorded : (closedAt != nil ? 8 : core.sockets[socket].state)
        if state == 0 { return }
        let pool = core.leases[lease].pool
        core.pools[Int(pool)].turnover.leasesOfKnownState &+= 1
        // Found later, the state of now is not that of the acquire, but the peer's close has a time.
        guard Self.closedStates.contains(state), recorded != 0 || closedAt != nil else { return }
        let afterClose = closedAt.map { acquired.timestamp - $0 }
        if let afterClose, afterClose < core.settings.thresholds[StaleBorrowRule.grace].clampedNanoseconds { return }
        core.leases[lease].stale = detectors.stale.add(
            StaleLedger.Key(pool: pool, site: core.leases[lease].site, state: state),
            endpoint: core.sockets[socket].remote,
            afterClose: afterClose, at: acquired)
    }

    /// A lease ends, its socket still linked.
    mutating func noteEndOfUse(by lease: Int32, at end: UInt64, hasError: Bool) {
        if core.leases[lease].stale >= 0, core.leases[lease].receivedBytes == 0 {
            detectors.stale.noteUnanswered(core.leases[lease].stale)
        }
        let socket = core.leases[lease].socket
        guard socket >= 0 else { return }
        core.sockets[socket].use.releasedAt = end
        core.sockets[socket].use.isReleasedWithError = hasError
    }

    /// The socket is closed. Counted when the decision was this process's: the connection was sound, and so was its lease.
    mutating func noteClose(ofPooled socket: Int32, _ record: ps_socket_close, _ ordinal: UInt64) {
        let use = core.sockets[socket].use
        let isSound =
            record.state == Self.established || (record.state == 0 && core.sockets[socket].closeWait == nil)
            || isFarewellAnswered(on: socket, by: record)
        guard use.pool >= 0, isSound, record.socket_error == 0, !use.isReleasedWithError else { return }
        let now = record.header.timestamp_ns
        let mark = EventMark(record.header, ordinal: ordinal)
        let pool = Int(use.pool)
        if core.sockets[socket].bornAt != 0 { core.pools[pool].turnover.noteClose(at: now) }
        guard core.sockets[socket].firstLease < 0, use.releasedAt != 0, now >= use.releasedAt,
            now - use.releasedAt <= Self.releaseWindow
        else { return }
        core.pools[pool].turnover.closedAtRelease &+= 1
        core.pools[pool].turnover.firstClose = core.pools[pool].turnover.firstClose ?? mark
        core.pools[pool].turnover.lastClose = mark
    }

    /// Whoever closes took leave of the peer after the release, as drivers do, and since then the peer's FIN has come: on a busy
    /// machine the server has closed first.
    private func isFarewellAnswered(on socket: Int32, by record: ps_socket_close) -> Bool {
        let released = core.sockets[socket].use.releasedAt
        guard let closeWait = core.sockets[socket].closeWait, core.sockets[socket].firstLease < 0, released != 0,
            let closer = HolderKey(record.header)
        else { return false }
        return closeWait.timestamp >= released && core.sockets[socket].unanswered.lastAt >= released
            && core.sockets[socket].unanswered.isFarewell(
                of: closer, closedAt: record.header.timestamp_ns, farewellTime: core.settings.floors.farewell)
    }

    /// A TCP socket goes to `state`: its SYN is sent, or answered.
    mutating func noteConnecting(_ socket: Int32, to state: UInt16, at mark: EventMark) {
        let since = core.sockets[socket].connectingSince
        core.sockets[socket].connectingSince = state == Self.synSent ? mark.timestamp : 0
        guard state == Self.established, since != 0, let remote = core.sockets[socket].remote else { return }
        let took = core.elapsed(from: since, to: mark.timestamp)
        if took < AnswerPath.longestConnect { core.sockets[socket].path.connect = max(1, took) }
        detectors.connectTimes.add(
            remote, took: took,
            floor: core.settings.thresholds[SlowConnectRule.tcp].clampedNanoseconds, at: mark)
    }

    func staleBorrows() -> [StaleBorrow] {
        detectors.stale.entries.compactMap { entry in
            let pool = core.pools[Int(entry.key.pool)]
            return StaleBorrow(
                pool: pool.id, stack: entry.key.site >= 0 ? core.stack(of: pool.sites[Int(entry.key.site)]) : nil,
                state: entry.key.state, endpoint: entry.endpoint, leases: entry.leases, unanswered: entry.unanswered,
                longestAfterClose: entry.longestAfterClose.map { .nanoseconds(clamping: $0) },
                events: entry.events.map(\.reference), last: entry.last.reference)
        }
    }
}
