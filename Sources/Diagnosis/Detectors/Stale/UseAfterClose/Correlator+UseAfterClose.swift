// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections that this process closes while they are leased, or before it leases them.
extension Correlator {
    private static let established: UInt16 = 1
    private static let eventLimit = 10
    /// A goroutine that closes so many leased connections looks after connections, not after one request of its own, as
    /// those do that a driver starts to watch a context.
    private static let habit = 2

    /// This process closes a socket, whose leases and connections are still linked to it.
    mutating func noteOwnClose(_ record: ps_socket_close, _ socket: Int32, _ ordinal: UInt64) {
        guard record.state == Self.established, record.socket_error == 0, let closer = HolderKey(record.header)
        else { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        var lease = core.sockets[socket].firstLease
        // Where a request is out, the close may be how it is given up.
        let isFarewell = core.sockets[socket].unanswered.isFarewell(
            of: closer, closedAt: mark.timestamp, farewellTime: core.settings.floors.farewell)
        while lease >= 0 {
            if isFarewell ? !core.leases[lease].isReadByOther : core.sockets[socket].unanswered.lastAt == 0 {
                noteClose(ofLeased: lease, socket, by: closer, isFarewell: isFarewell, mark)
            }
            lease = core.leases[lease].nextOfSocket
        }
        var connection = core.connections.first(ofSocket: core.sockets[socket].inode) ?? -1
        while connection >= 0 {
            let state = core.connections[connection]
            if core.leases.slot(state.key) == nil { noteClose(ofIdle: state, socket, by: closer, mark) }
            connection = state.nextOfSocket
        }
    }

    private mutating func noteClose(
        ofLeased lease: Int32, _ socket: Int32, by closer: HolderKey, isFarewell: Bool, _ mark: EventMark
    ) {
        let state = core.leases[lease]
        guard let holder = state.holderKey, holder != closer, isFarewell || !state.isHandedOver
        else { return }
        detectors.afterCloses.add(
            UseAfterCloseLedger.Entry(
                pool: state.pool, site: state.site, how: .closedWhileLeased, endpoint: core.sockets[socket].remote,
                closer: closer, holder: holder, closed: mark, lease: state.acquired))
    }

    private mutating func noteClose(
        ofIdle connection: ConnectionState, _ socket: Int32, by closer: HolderKey, _ mark: EventMark
    ) {
        let key = connection.key
        // Within an acquire the pool closes what it finds too old.
        if core.pending.slot(PendingKey(holder: closer, adapterID: key.adapterID)) != nil { return }
        detectors.afterCloses.closed(
            idle: key,
            UseAfterCloseLedger.Entry(
                pool: connection.pool, how: .handedOutClosed, endpoint: core.sockets[socket].remote, closer: closer,
                closed: mark, lease: mark))
    }

    /// The pool's own function closes a connection that is leased.
    mutating func notePoolClose(of lease: Int32, _ key: LeaseKey, by header: ps_header, _ mark: EventMark) {
        let state = core.leases[lease]
        guard let closer = HolderKey(header), let holder = state.holderKey, holder != closer else { return }
        detectors.afterCloses.poolClosed(
            key,
            UseAfterCloseLedger.Entry(
                pool: state.pool, site: state.site, how: .closedByPool,
                endpoint: state.socket >= 0 ? core.sockets[state.socket].remote : nil, closer: closer, holder: holder,
                closed: mark, lease: mark))
    }

    mutating func noteAcquire(_ record: ps_pool_acquire_end, _ key: LeaseKey, lease: Int32) {
        if detectors.afterCloses.isIdle { return }
        // The closed descriptor of a net.Conn is -1 (poll.FD.destroy in internal/poll/fd_unix.go).
        let isClosed = record.walk_status == ps_walk_status.not_socket.rawValue && record.descriptor == -1
        detectors.afterCloses.acquired(
            key, site: core.leases[lease].site, pool: core.leases[lease].pool, isClosed: isClosed,
            at: core.leases[lease].acquired)
    }

    /// By pool and kind, in the order of the first of each.
    func useAfterCloses() -> [UseAfterClose] {
        var closes: [HolderKey: Int] = [:]
        for entry in detectors.afterCloses.entries where entry.how == .closedWhileLeased {
            closes[entry.closer, default: 0] += 1
        }
        var order: [UseAfterClose] = []
        var closers: [Set<HolderKey>] = []
        for entry in detectors.afterCloses.entries {
            if entry.how == .closedWhileLeased {
                // When a pool is not used any more, it is shut down with all that it has.
                guard closes[entry.closer, default: 0] >= Self.habit,
                    core.pools[Int(entry.pool)].lastAcquiredAt > entry.closed.timestamp
                else { continue }
            }
            let pool = core.pools[Int(entry.pool)]
            let at = MonotonicInstant(nanoseconds: entry.closed.timestamp)
            var place = order.firstIndex { $0.pool == pool.id && $0.how == entry.how } ?? order.count
            if place == order.count {
                var new = UseAfterClose(pool: pool.id, how: entry.how, first: at)
                new.stack = entry.site >= 0 ? core.stack(of: pool.sites[Int(entry.site)]) : nil
                new.endpoint = entry.endpoint
                order.append(new)
                closers.append([])
                place = order.count - 1
            }
            closers[place].insert(entry.closer)
            order[place].leases &+= 1
            order[place].closers = UInt64(closers[place].count)
            order[place].longest = max(order[place].longest, .nanoseconds(clamping: entry.length))
            order[place].last = max(at, MonotonicInstant(nanoseconds: entry.lease.timestamp))
            if order[place].events.count < Self.eventLimit {
                order[place].events += [entry.closed.reference, entry.lease.reference]
            }
        }
        return order
    }
}
