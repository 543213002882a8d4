// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The pools' own counters against leases and sockets.
struct PoolCounters: Sendable {
    private var books = PoolColumn(PoolBooks())

    /// Leases or waiters of the pool are more or fewer.
    @inline(__always)
    mutating func levelChanged(of pool: Int32, at now: UInt64, _ core: Core) {
        books[pool].change(inUse: core.pools[Int(pool)].inUse, waiters: core.pools[Int(pool)].waiters, at: now)
    }

    mutating func acquireBegan(_ request: Int32, _ core: Core) {
        levelChanged(of: core.pending[request].pool, at: core.pending[request].begin.timestamp, core)
        books[core.pending[request].pool].noteBegin()
    }

    /// An acquire came back with a connection: did it queue for it?
    ///
    /// - Parameter freeSince: When the connection was used last; `nil`: it was not leased before.
    mutating func connectionGiven(to request: Int32, freeSince: UInt64?, _ core: Core) {
        if core.pending[request].isDialling { return }
        let begin = core.pending[request].begin.timestamp
        if let freeSince {
            books[core.pending[request].pool].noteQueued(begin: begin, freeAt: freeSince)
        } else {
            // Nobody had it before, and another dialled it meanwhile or it lay idle since before the trace; or the release
            // of the lease before is lost.
            books[core.pending[request].pool].notePossiblyQueued(begin: begin)
        }
    }

    /// A timeout in the queue, or an error on the way to a connection.
    mutating func acquireFailed(_ failure: AcquireFailure, _ core: Core) {
        guard let request = failure.request, !core.pending[request].isDialling else { return }
        books[failure.pool].notePossiblyQueued(begin: core.pending[request].begin.timestamp)
    }

    /// A census has read the counters.
    mutating func countersRead(_ audit: PoolAudit, of pool: Int32, _ mark: EventMark, _ core: Core) {
        let waiting = core.pending.queued(inPool: Int(pool)).map { core.pending[$0].begin.timestamp }
        books[pool].read(audit, mark: mark, waiting: waiting, sockets: Self.sockets(of: pool, audit, core))
    }

    func addResult(to summary: inout PoolSummary, pool: Int32, _ core: Core) {
        let adapter = core.pools[Int(pool)].id.adapterID
        let traits = core.plan?.pools.first { $0.adapterID == adapter }?.traits
        summary.reconciliation = books[pool].reconciliation(comparesWaits: traits?.countsOnlyQueuedWaits ?? false)
    }

    private static func sockets(of pool: Int32, _ audit: PoolAudit, _ core: Core) -> PoolSockets {
        var counted = PoolSockets()
        var endpoints = Set(core.pools[Int(pool)].endpoints.map(\.endpoint))
        for slot in core.connections.slots where core.connections[slot].pool == pool {
            if core.connections[slot].isSocketGone {
                counted.closed &+= 1
            } else if let socket = core.sockets.slot(inode: core.connections[slot].inode) {
                counted.joined &+= 1
                if let remote = core.sockets[socket].remote { endpoints.insert(remote) }
            }
        }
        counted.outside = outsideSockets(
            to: endpoints, pool: Int(pool), open: audit.open ?? 0, joined: counted.joined, core)
        return counted
    }

    /// Sockets to the endpoints that are no known connection's, beyond those that the pool counts and never leased.
    private static func outsideSockets(
        to endpoints: Set<Endpoint>, pool: Int, open: UInt64, joined: UInt64, _ core: Core
    ) -> UInt64 {
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
