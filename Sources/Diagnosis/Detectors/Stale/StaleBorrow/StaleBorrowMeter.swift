// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Leases that begin on a socket which is closed.
struct StaleBorrowMeter: Sendable {
    private var ledger = StaleLedger()
    /// The entry of a lease in the ledger; -1: it has none.
    private var entries = LeaseColumn<Int32>(-1)

    /// FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, CLOSING (include/net/tcp_states.h).
    private static let closedStates: Set<UInt16> = [4, 5, 6, 7, 8, 9, 11]

    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        // Found later, the state of now is not that of the acquire, but the peer's close has a time.
        guard join.state != 0, Self.closedStates.contains(join.state), join.isStateRead || join.peerClosedAt != nil
        else { return }
        let acquired = core.leases[join.lease].acquired
        let afterClose = join.peerClosedAt.map { acquired.timestamp - $0 }
        if let afterClose, afterClose < core.settings.thresholds[StaleBorrowRule.grace].clampedNanoseconds { return }
        entries[join.lease] = ledger.add(
            StaleLedger.Key(pool: join.pool, site: core.leases[join.lease].site, state: join.state),
            endpoint: core.sockets[join.socket].remote, afterClose: afterClose, at: acquired)
    }

    mutating func leaseReleased(_ lease: LeaseSlot, _ core: Core) {
        let entry = entries[lease]
        if entry >= 0, core.leases[lease].receivedBytes == 0 { ledger.noteUnanswered(entry) }
    }

    func result(_ core: Core) -> [StaleBorrow] {
        ledger.entries.map { entry in
            StaleBorrow(
                pool: core.pools[Int(entry.key.pool)].id,
                stack: core.stack(ofSite: entry.key.site, pool: Int(entry.key.pool)),
                state: entry.key.state, endpoint: entry.endpoint, leases: entry.leases, unanswered: entry.unanswered,
                longestAfterClose: entry.longestAfterClose.map { .nanoseconds(clamping: $0) },
                events: entry.events.map(\.reference), last: entry.last.reference)
        }
    }

    /// Leases of call sites beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
