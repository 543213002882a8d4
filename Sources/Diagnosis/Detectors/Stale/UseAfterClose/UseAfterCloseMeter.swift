// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections that this process closes while they are leased, or before it leases them.
struct UseAfterCloseMeter: Detector {
    private var ledger = UseAfterCloseLedger()

    private static let established: UInt16 = 1
    private static let eventLimit = 10
    /// A goroutine that closes so many leased connections looks after connections, not after one request of its own, as
    /// those do that a driver starts to watch a context.
    private static let habit = 2

    /// This process closes a socket, whose leases and connections are still linked to it.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core) {
        guard record.state == Self.established, record.socket_error == 0, let closer = HolderKey(record.header)
        else { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        var lease = core.sockets[socket].firstLease
        // Where a request is out, the close may be how it is given up.
        let isFarewell = core.sockets[socket].unanswered.isFarewell(
            of: closer, closedAt: mark.timestamp, farewellTime: core.settings.floors.farewell)
        while lease >= 0 {
            if isFarewell ? !core.leases[lease].isReadByOther : core.sockets[socket].unanswered.lastAt == 0 {
                closing(leased: lease, socket, by: closer, isFarewell: isFarewell, mark, core)
            }
            lease = core.leases[lease].nextOfSocket
        }
        var connection = core.connections.first(ofSocket: core.sockets[socket].inode) ?? -1
        while connection >= 0 {
            if core.leases.slot(core.connections[connection].key) == nil {
                closing(idle: connection, socket, by: closer, mark, core)
            }
            connection = core.connections[connection].nextOfSocket
        }
    }

    private mutating func closing(
        leased lease: Int32, _ socket: SocketSlot, by closer: HolderKey, isFarewell: Bool, _ mark: EventMark,
        _ core: Core
    ) {
        guard let holder = core.leases[lease].holderKey, holder != closer,
            isFarewell || !core.leases[lease].isHandedOver
        else { return }
        ledger.add(
            UseAfterCloseLedger.Entry(
                pool: core.leases[lease].pool, site: core.leases[lease].site, how: .closedWhileLeased,
                endpoint: core.sockets[socket].remote, closer: closer, holder: holder, closed: mark,
                lease: core.leases[lease].acquired))
    }

    private mutating func closing(
        idle connection: Int32, _ socket: SocketSlot, by closer: HolderKey, _ mark: EventMark, _ core: Core
    ) {
        let key = core.connections[connection].key
        // Within an acquire the pool closes what it finds too old.
        if core.pending.slot(PendingKey(holder: closer, adapterID: key.adapterID)) != nil { return }
        ledger.closed(
            idle: key,
            UseAfterCloseLedger.Entry(
                pool: core.connections[connection].pool, how: .handedOutClosed, endpoint: core.sockets[socket].remote,
                closer: closer, closed: mark, lease: mark))
    }

    /// The pool's own function closes a connection that is leased.
    mutating func poolClosing(_ lease: LeaseSlot, by header: ps_header, _ mark: EventMark, _ core: Core) {
        guard let closer = HolderKey(header), let holder = core.leases[lease].holderKey, holder != closer else {
            return
        }
        let socket = core.leases[lease].socket
        ledger.poolClosed(
            core.leases[lease].key,
            UseAfterCloseLedger.Entry(
                pool: core.leases[lease].pool, site: core.leases[lease].site, how: .closedByPool,
                endpoint: socket >= 0 ? core.sockets[socket].remote : nil, closer: closer, holder: holder,
                closed: mark, lease: mark))
    }

    mutating func leaseBegan(_ lease: LeaseSlot, _ record: ps_pool_acquire_end, _ core: Core) {
        if ledger.isIdle { return }
        // The closed descriptor of a net.Conn is -1 (poll.FD.destroy in internal/poll/fd_unix.go).
        let isClosed = record.walk_status == ps_walk_status.not_socket.rawValue && record.descriptor == -1
        ledger.acquired(
            core.leases[lease].key, site: core.leases[lease].site, pool: core.leases[lease].pool, isClosed: isClosed,
            at: core.leases[lease].acquired)
    }

    mutating func leaseEnded(_ lease: LeaseSlot, _ core: Core) {
        if !ledger.isIdle { ledger.ended(core.leases[lease].key, isUsed: core.leases[lease].isUsed) }
    }

    /// A connection that is not leased comes back.
    mutating func released(_ key: LeaseKey, by holder: HolderKey?, at mark: EventMark) {
        ledger.released(key, by: holder, at: mark)
    }

    /// By pool and kind, in the order of the first of each.
    func items(_ core: Core) -> [UseAfterClose] {
        var closes: [HolderKey: Int] = [:]
        for entry in ledger.entries where entry.how == .closedWhileLeased { closes[entry.closer, default: 0] += 1 }
        var order: [UseAfterClose] = []
        var closers: [Set<HolderKey>] = []
        for entry in ledger.entries {
            if entry.how == .closedWhileLeased {
                // When a pool is not used any more, it is shut down with all that it has.
                guard closes[entry.closer, default: 0] >= Self.habit,
                    core.pools[Int(entry.pool)].lastAcquiredAt > entry.closed.timestamp
                else { continue }
            }
            let pool = core.pools[Int(entry.pool)].id
            let at = MonotonicInstant(nanoseconds: entry.closed.timestamp)
            var place = order.firstIndex { $0.pool == pool && $0.how == entry.how } ?? order.count
            if place == order.count {
                var new = UseAfterClose(pool: pool, how: entry.how, first: at)
                new.stack = core.stack(ofSite: entry.site, pool: Int(entry.pool))
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

    /// Leases beyond those that are listed.
    var unlisted: UInt64 { ledger.unlisted }
}
