// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Leases: from the acquire's end to the release.
extension Core {
    /// - Parameter request: the slot of its acquire, no longer in use; `nil`: the request was before the trace.
    mutating func beginLease(
        _ record: ps_pool_acquire_end, _ ordinal: UInt64, key: LeaseKey, pool: Int32, request: Int32?
    ) -> (lease: Int32, socket: Int32?) {
        let site = request.map { pending[$0].site } ?? unknownSite(of: pool, point: record.point_id)
        var lease = LeaseState(
            id: LeaseID(adapterID: key.adapterID, connection: key.connection, generation: leases.nextGeneration()),
            pool: pool, site: site, holder: Holder(record.header), holderKey: HolderKey(record.header),
            acquired: EventMark(record.header, ordinal: ordinal))
        if let request {
            lease.requested = pending[request].begin
            lease.goroutineAddress = pending[request].goroutineAddress
            lease.wait = elapsed(from: pending[request].begin.timestamp, to: record.header.timestamp_ns)
        }
        lease.walkedDescriptor = record.descriptor
        pools[Int(pool)].beginLease(of: site)
        let socket = walkedSocket(record)
        lease.origin = leaseConnection(
            key, pool: pool, at: record.header.timestamp_ns, socket: socket,
            isDialled: request.map { pending[$0].isDialling } ?? false)
        return (leases.add(lease), socket)
    }

    private mutating func unknownSite(of pool: Int32, point: UInt32) -> Int32 {
        pools[Int(pool)].site(SiteKey(stackID: -1, caller: 0, pointID: point)) ?? -1
    }

    private mutating func walkedSocket(_ record: ps_pool_acquire_end) -> Int32? {
        if record.socket_inode != 0 {
            let socket = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
            if record.descriptor >= 0 { sockets.refer(record.descriptor, to: socket) }
            return socket
        }
        return record.descriptor >= 0 ? sockets.slot(descriptor: record.descriptor) : nil
    }

    /// The lease's socket is known.
    mutating func link(_ lease: Int32, to socket: Int32, _ method: JoinMethod) {
        unlinkFromSocket(lease)
        leases[lease].join = method
        leases[lease].socket = socket
        leases[lease].nextOfSocket = sockets[socket].firstLease
        sockets[socket].firstLease = lease
        sockets[socket].wasLeased = true
    }

    mutating func unlinkFromSocket(_ lease: Int32) {
        let socket = leases[lease].socket
        guard socket >= 0 else { return }
        let next = leases[lease].nextOfSocket
        leases[lease].socket = -1
        leases[lease].nextOfSocket = -1
        var current = sockets[socket].firstLease
        if current == lease {
            sockets[socket].firstLease = next
            return
        }
        while current >= 0 {
            if leases[current].nextOfSocket == lease {
                leases[current].nextOfSocket = next
                return
            }
            current = leases[current].nextOfSocket
        }
    }

    /// A lease ends. It stays, linked to its socket, until `remove(lease:)`.
    ///
    /// - Parameter isEndKnown: `false`: the lease ended at an unknown earlier time, and its length is not counted.
    /// - Parameter holder: who ended it; `nil`: not known.
    mutating func endLease(_ slot: Int32, at mark: EventMark, isEndKnown: Bool, by holder: HolderKey?) -> LeaseEnd {
        let (pool, site) = (leases[slot].pool, leases[slot].site)
        pools[Int(pool)].endLease(of: site)
        noteEndpoint(of: slot, at: mark)
        if leases[slot].isContrary { irregularities.contraryWitnesses &+= 1 }
        let hold = elapsed(from: leases[slot].acquired.timestamp, to: mark.timestamp)
        if site >= 0 {
            if isEndKnown { pools[Int(pool)].sites[Int(site)].completed &+= 1 }
            if let holder, let taker = leases[slot].holderKey {
                if holder == taker {
                    pools[Int(pool)].sites[Int(site)].returnedByTaker &+= 1
                } else {
                    pools[Int(pool)].sites[Int(site)].returnedByOther &+= 1
                }
            }
        }
        return LeaseEnd(
            lease: leases.slot(slot), pool: pool, site: site, at: mark.timestamp, hold: isEndKnown ? hold : nil)
    }

    mutating func remove(lease slot: Int32) {
        unlinkFromSocket(slot)
        leases.remove(slot)
    }

    private mutating func noteEndpoint(of lease: Int32, at mark: EventMark) {
        var socket = leases[lease].socket
        if socket < 0 { socket = sockets.slot(inode: leases[lease].witnessInode) ?? -1 }
        guard socket >= 0, let remote = sockets[socket].remote else { return }
        pools[Int(leases[lease].pool)].note(
            endpoint: remote, hint: &sockets[socket].use.endpointHint, at: mark)
    }

    /// A connection comes back that is not leased in the trace.
    mutating func noteReleaseWithoutLease(_ key: LeaseKey, pool address: UInt64) {
        let pool =
            address != 0
            ? enterPool(PoolID(adapterID: key.adapterID, address: address)) : pool(ofConnection: key)
        // It was leased and returned in the trace: what is released now was acquired in the trace too.
        if connections.slot(key) != nil { pools[Int(pool)].missedAcquires &+= 1 }
        pools[Int(pool)].releasesWithoutLease &+= 1
    }

    /// The recorder found the socket of a lease, soon after the acquire.
    ///
    /// - Returns: the lease, the socket, and whether what the lease's holder did was on another; `nil`: nothing is new.
    mutating func joinLater(_ record: ps_lease_join) -> (lease: Int32, socket: Int32, isNew: Bool)? {
        for adapter in adapters {
            guard let lease = leases.slot(LeaseKey(adapterID: adapter, connection: record.connection)),
                leases[lease].acquired.timestamp == record.acquired_ns
            else { continue }
            leases[lease].walkedDescriptor = record.descriptor
            guard record.socket_inode != 0, leases[lease].socket < 0 else { return nil }
            let socket = sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
            // What the holder did on another socket was not the lease's.
            let isNew = leases[lease].witnessInode != record.socket_inode
            if isNew { leases[lease].forgetActivity() }
            link(lease, to: socket, .walkedLater)
            noteConnection(of: lease, isOn: socket)
            return (lease, socket, isNew)
        }
        return nil
    }

    /// The socket of a lease that no walk has joined to one; `nil`: its holder used none, or several.
    @inline(__always)
    func witnessedSocket(ofLease slot: Int32) -> Int32? {
        guard leases[slot].witnessInode != 0, !leases[slot].isWitnessAmbiguous else { return nil }
        return sockets.slot(inode: leases[slot].witnessInode)
    }
}
