// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Data that waits in the socket for the application.
///
/// Two things show that it waited: the kernel's own time of the latest arrival, and what an earlier receive left.
struct ReceiveBacklogMeter: Sendable {
    private var ledger = BacklogLedger()
    private var sendBlocks = SendBlockLedger()
    /// The latest receive of data, if it left some unread; 0: it did not.
    private var leftUnread = SocketColumn(UInt64(0))
    /// Data that waited less than this, in ns, did not wait.
    private let floor: UInt64

    init(_ thresholds: Thresholds) { floor = max(1, thresholds[ReceiveBacklogRule.dwell].clampedNanoseconds) }

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        if event.io.isReceive, event.io.bytes > 0 { received(event, core) }
        if let holder = event.holder { sendBlocks.note(event.io, by: holder) }
    }

    @inline(__always)
    private mutating func received(_ event: IOEvent, _ core: Core) {
        let now = event.io.mark.timestamp
        let leftAt = leftUnread[event.socket]
        let leaves = event.queuedBytes > 0 ? now : 0
        if leftAt != leaves { leftUnread[event.socket] = leaves }
        let dwell = leftAt != 0 ? max(event.io.arrivalAge, now.elapsed(since: leftAt)) : event.io.arrivalAge
        if dwell >= floor { waited(dwell, event, core) }
    }

    private mutating func waited(_ length: UInt64, _ event: IOEvent, _ core: Core) {
        let now = event.io.mark.timestamp
        var dwell = length
        if event.lease >= 0 {
            // What came while the connection was idle in its pool waited for nobody.
            dwell = min(dwell, now.elapsed(since: core.leases[event.lease].acquired.timestamp))
        } else if core.sockets[event.socket].wasLeased {
            return
        }
        let isAccepted = core.isAccepted(event.socket)
        let (local, remote) = (core.sockets[event.socket].local, core.sockets[event.socket].remote)
        guard dwell >= floor, let endpoint = isAccepted ? local : remote ?? local else { return }
        let key = EndpointKey(
            endpoint: endpoint, isAccepting: isAccepted,
            protocolNumber: core.sockets[event.socket].protocolNumber)
        let site =
            event.lease >= 0
            ? (pool: core.leases[event.lease].pool, site: core.leases[event.lease].site) : (pool: -1, site: -1)
        // Half of the time in sends: the receiver of what this one passes on is slow, not this process.
        let blocked = event.holder.map { sendBlocks.blocked($0) } ?? 0
        ledger.add(
            dwell, queued: event.queuedBytes, isSending: blocked >= dwell / 2, site: site, at: event.io.mark, of: key)
    }

    mutating func callsAggregated(_ socket: SocketSlot) { leftUnread[socket] = 0 }

    /// Late receives of endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }

    /// Blocked sends of goroutines and threads beyond those that are watched.
    var unlistedSendBlocks: UInt64 { sendBlocks.unlisted }

    /// - Parameter endpoints: Of all sockets, with what they have received.
    func result(_ endpoints: EndpointLedger, _ core: Core) -> [ReceiveBacklog] {
        var backlogs: [ReceiveBacklog] = []
        for (key, state) in ledger.all {
            backlogs.append(
                ReceiveBacklog(
                    endpoint: key.endpoint, isAccepting: key.isAccepting, protocolNumber: key.protocolNumber,
                    receives: endpoints.receives(of: key), late: state.receives, lateLeased: state.leased,
                    lateSending: state.sending, dwell: state.dwells.statistics, mostQueued: UInt64(state.mostQueued),
                    pool: state.pool >= 0 ? core.pools[Int(state.pool)].id : nil,
                    stack: state.pool >= 0 ? core.stack(ofSite: state.site, pool: Int(state.pool)) : nil,
                    first: state.first.reference, longest: state.longest.reference, last: state.last.reference))
        }
        return backlogs
    }
}
