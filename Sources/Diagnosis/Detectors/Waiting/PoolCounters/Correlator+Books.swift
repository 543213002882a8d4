// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The pools' own counters against leases and sockets.
extension Correlator {
    mutating func compare(_ audit: PoolAudit, of pool: Int, _ mark: EventMark) {
        let waiting = core.pending.queued(inPool: pool).map { core.pending[$0].begin.timestamp }
        core.pools[pool].books.read(audit, mark: mark, waiting: waiting, sockets: sockets(ofPool: pool, audit))
    }

    func comparesWaits(_ pool: PoolState) -> Bool {
        core.plan?.pools.first { $0.adapterID == pool.id.adapterID }?.traits?.countsOnlyQueuedWaits ?? false
    }

    /// An acquire came back with a connection: did it queue for it? Before the lease is booked to the connection.
    ///
    /// - Parameter known: the connection, where it was leased before and that lease has ended.
    mutating func noteQueue(_ request: PendingAcquire, for known: Int32?) {
        if request.isDialling { return }
        let pool = Int(request.pool)
        let begin = request.begin.timestamp
        if let known {
            core.pools[pool].books.noteQueued(begin: begin, freeAt: core.connections[known].lastUsed)
        } else {
            // Nobody had it before, and another dialled it meanwhile or it lay idle since before the trace; or the release
            // of the lease before is lost.
            core.pools[pool].books.notePossiblyQueued(begin: begin)
        }
    }

    private func sockets(ofPool pool: Int, _ audit: PoolAudit) -> PoolSockets {
        var counted = PoolSockets()
        var endpoints = Set(core.pools[pool].endpoints.map(\.endpoint))
        for slot in core.connections.slots where Int(core.connections[slot].pool) == pool {
            if core.connections[slot].isSocketGone {
                counted.closed &+= 1
            } else if let socket = core.sockets.slot(inode: core.connections[slot].inode) {
                counted.joined &+= 1
                if let remote = core.sockets[socket].remote { endpoints.insert(remote) }
            }
        }
        counted.outside = outsideSockets(to: endpoints, pool: pool, open: audit.open ?? 0, joined: counted.joined)
        return counted
    }

    /// Sockets to the endpoints that are no known connection's, beyond those that the pool counts and never leased.
    private func outsideSockets(to endpoints: Set<Endpoint>, pool: Int, open: UInt64, joined: UInt64) -> UInt64 {
        // Another pool to the same endpoint may have them: that is only known of a pool that counts its connections.
        var unseen = open > joined ? open - joined : 0
        for index in core.pools.indices where index != pool {
            guard core.pools[index].endpoints.contains(where: { endpoints.contains($0.endpoint) }) else { continue }
            guard let other = core.pools[index].audit?.open else { return 0 }
            unseen &+= other
        }
        let unclaimed = core.sockets.live.count { slot in
            let socket = core.sockets[slot]
            guard let remote = socket.remote, !core.isAccepted(slot), endpoints.contains(remote) else { return false }
            return core.connections.first(ofSocket: socket.inode) == nil
        }
        return UInt64(unclaimed) > unseen ? UInt64(unclaimed) - unseen : 0
    }
}
