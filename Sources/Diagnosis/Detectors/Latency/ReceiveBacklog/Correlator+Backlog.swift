// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Data that waits in the socket for the application.
extension Correlator {
    /// Two things show that data waited: the kernel's own time of the latest arrival, and what an earlier receive left.
    mutating func noteBacklog(_ record: ps_socket_io, _ io: SocketIO, _ slot: Int32, lease: Int32) {
        let now = io.mark.timestamp
        let leftAt = core.sockets[slot].leftUnreadAt
        core.sockets[slot].dataReceives &+= 1
        core.sockets[slot].leftUnreadAt = record.queued_bytes > 0 ? now : 0
        var dwell = UInt64(record.arrival_age_ms) &* 1_000_000
        if leftAt != 0 { dwell = max(dwell, now &- min(leftAt, now)) }
        guard dwell >= detectors.backlogFloor else { return }
        if lease >= 0 {
            // What came while the connection was idle in its pool waited for nobody.
            dwell = min(dwell, now &- min(core.leases[lease].acquired.timestamp, now))
        } else if core.sockets[slot].wasLeased {
            return
        }
        let isAccepted = isAccepted(core.sockets[slot])
        guard dwell >= detectors.backlogFloor,
            let endpoint = isAccepted ? core.sockets[slot].local : core.sockets[slot].remote ?? core.sockets[slot].local
        else { return }
        let key = EndpointKey(
            endpoint: endpoint, isAccepting: isAccepted, protocolNumber: core.sockets[slot].protocolNumber)
        let site = lease >= 0 ? (pool: core.leases[lease].pool, site: core.leases[lease].site) : (pool: -1, site: -1)
        // Half of the time in sends: the receiver of what this one passes on is slow, not this process.
        let blocked = HolderKey(record.header).map { detectors.sendBlocks.blocked($0) } ?? 0
        detectors.backlogs.add(
            dwell, queued: record.queued_bytes, isSending: blocked >= dwell / 2, site: site, at: io.mark, of: key)
    }

    /// - Parameter endpoints: Of all sockets, with what they have received.
    func receiveBacklogs(_ endpoints: EndpointLedger) -> [ReceiveBacklog] {
        detectors.backlogs.all.map { key, state in
            let pool = state.pool >= 0 ? core.pools[Int(state.pool)] : nil
            return ReceiveBacklog(
                endpoint: key.endpoint, isAccepting: key.isAccepting, protocolNumber: key.protocolNumber,
                receives: endpoints.receives(of: key), late: state.receives, lateLeased: state.leased,
                lateSending: state.sending,
                dwell: state.dwells.statistics, mostQueued: UInt64(state.mostQueued), pool: pool?.id,
                stack: pool.flatMap { state.site >= 0 ? stack(of: $0.sites[Int(state.site)]) : nil },
                first: state.first.reference, longest: state.longest.reference, last: state.last.reference)
        }
    }
}
