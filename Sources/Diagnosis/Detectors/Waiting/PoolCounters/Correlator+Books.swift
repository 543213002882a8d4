// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The pools' own counters against leases and sockets.
extension Correlator {
    mutating func compare(_ audit: PoolAudit, of pool: Int, _ mark: EventMark) {
        let waiting = pending.queued(inPool: pool).map { pending[$0].begin.timestamp }
        pools[pool].books.read(audit, mark: mark, waiting: waiting, sockets: sockets(ofPool: pool, audit))
    }

    func comparesWaits(_ pool: PoolState) -> Bool {
        plan?.pools.first { $0.adapterID == pool.id.adapterID }?.traits?.countsOnlyQueuedWaits ?? false
    }

    /// An acquire came back with a connection: did it queue for it? Before the lease is booked to the connection.
    ///
    /// - Parameter known: the connection, where it was leased before and that lease has ended.
    mutating func noteQueue(_ request: PendingAcquire, for known: Int32?) {
        if request.isDialling { return }
        let pool = Int(request.pool)
        let begin = request.begin.timestamp
        if let known {
            pools[pool].books.noteQueued(begin: begin, freeAt: connections[known].lastUsed)
        } else {
            // Nobody had it before, and another dialled it meanwhile or it lay idle since before the trace; or the release
            // of the lease before is lost.
            pools[pool].books.notePossiblyQueued(begin: begin)
        }
    }

    private func sockets(ofPool pool: Int, _ audit: PoolAudit) -> PoolSockets {
        var counted = PoolSockets()
        var endpoints = Set(pools[pool].endpoints.map(\.endpoint))
        for slot in connections.slots where Int(connections[slot].pool) == pool {
            if connections[slot].isSocketGone {
                counted.closed &+= 1
            } else if let socket = sockets.slot(inode: connections[slot].inode) {
                counted.joined &+= 1
                if let remote = sockets[socket].remote { endpoints.insert(remote) }
            }
        }
        counted.outside = outsideSockets(to: endpoints, pool: pool, open: audit.open ?? 0, joined: counted.joined)
        return counted
    }

    /// Sockets to the endpoints that are no known connection's, beyond those that the pool counts and never leased.
    private func outsideSockets(to endpoints: Set<Endpoint>, pool: Int, open: UInt64, joined: UInt64) -> UInt64 {
        // Another pool to the same endpoint may have them: that is only known of a pool that counts its connections.
        var unseen = open > joined ? open - joined : 0
        for index in pools.indices where index != pool {
            guard pools[index].endpoints.contains(where: { endpoints.contains($0.endpoint) }) else { continue }
            guard let other = pools[index].audit?.open else { return 0 }
            unseen &+= other
        }
        let unclaimed = sockets.live.count { slot in
            let socket = sockets[slot]
            guard let remote = socket.remote, !isAccepted(socket), endpoints.contains(remote) else { return false }
            return connections.first(ofSocket: socket.inode) == nil
        }
        return UInt64(unclaimed) > unseen ? UInt64(unclaimed) - unseen : 0
    }
}
