// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Acquires: from the request for a connection to the lease, or to an error.
extension Correlator {
    mutating func take(_ record: ps_pool_acquire_begin, _ ordinal: UInt64) {
        let adapter = adapter(ofPoint: record.point_id)
        guard let holderKey = HolderKey(record.header) else { return }
        let key = PendingKey(holder: holderKey, adapterID: adapter)
        if let ended = core.pending.leftover(at: record.goroutine_address, of: holderKey) { endWaits(of: ended) }
        endLostWait(key)
        let pool = enterPool(PoolID(adapterID: adapter, address: record.pool))
        let site = core.pools[Int(pool)].site(
            SiteKey(stackID: record.stack_id, caller: record.caller_address, pointID: record.point_id))
        if site == nil { core.irregularities.unlistedSites &+= 1 }
        let mark = EventMark(record.header, ordinal: ordinal)
        core.pools[Int(pool)].beginWait(at: mark)
        core.pending.begin(
            PendingAcquire(
                key: key, pool: pool, site: site ?? -1, holder: Holder(record.header), begin: mark,
                goroutineAddress: record.goroutine_address, occupancyMark: core.pools[Int(pool)].occupancy.now),
            clocks: core.pools[Int(pool)].blame.clocks(at: mark.timestamp))
    }

    mutating func take(_ record: ps_pool_acquire_end, _ ordinal: UInt64) {
        closeUnreferred(before: record.header.timestamp_ns)
        let adapter = adapter(ofPoint: record.point_id)
        let key = LeaseKey(adapterID: adapter, connection: record.connection)
        let waiter = HolderKey(record.header).flatMap {
            core.pending.end(PendingKey(holder: $0, adapterID: adapter))
        }
        let request = waiter.map { core.pending[$0] }
        let pool =
            request?.pool ?? core.connections.slot(key).map { core.connections[$0].pool } ?? onlyPool(of: adapter)
        if let waiter {
            endWait(of: waiter, at: record.header.timestamp_ns, isFirstUse: isFirstUse(record, key, of: waiter))
        }
        core.pools[Int(pool)].countAcquire(at: record.header.timestamp_ns)
        if record.connection == 0 {
            // Without an error, it was given a connection that many use at once (HTTP/2): nothing is leased. Or it began
            // before the probes, and what it got is not told by its end.
            if record.error_type != 0 {
                noteFailure(record, ordinal, pool: pool, waiter)
            } else if request == nil {
                core.unknownAcquireEnd = record.header.timestamp_ns
            }
        } else {
            let stale = core.leases.slot(key)
            if let request { noteQueue(request, for: stale == nil ? core.connections.slot(key) : nil) }
            if let stale { endStale(stale, at: EventMark(record.header, ordinal: ordinal)) }
            startLease(record, ordinal, key: key, pool: pool, request: request)
        }
    }

    private mutating func noteFailure(
        _ record: ps_pool_acquire_end, _ ordinal: UInt64, pool: Int32, _ waiter: Int32?
    ) {
        let failure = AcquireFailure(
            pool: pool, request: waiter, holder: Holder(record.header), errorType: record.error_type,
            errorValue: record.error_value, mark: EventMark(record.header, ordinal: ordinal))
        // A timeout in the queue, or an error on the way to a connection.
        if let waiter, !core.pending[waiter].isDialling {
            core.pools[Int(pool)].books.notePossiblyQueued(begin: core.pending[waiter].begin.timestamp)
        }
        detectors.acquireFailed(failure, core)
        if let waiter {
            noteStartUp(failedAt: failure.mark, pool: pool, request: core.pending[waiter], error: failure.error)
        }
    }

    /// The acquires that have failed since the last time, in the order in which they did.
    public mutating func takeFailedAcquires() -> [FailedAcquire] { detectors.acquireFailures.taken() }

    /// The holder has ended: so have its acquires, by a panic or with an end that was lost.
    mutating func endWaits(of holder: HolderKey) {
        if core.pending.count == 0 { return }
        for adapter in core.adapters { endLostWait(PendingKey(holder: holder, adapterID: adapter)) }
    }

    private mutating func endLostWait(_ key: PendingKey) {
        guard let lost = core.pending.end(key).map({ core.pending[$0] }) else { return }
        core.pools[Int(lost.pool)].missedAcquireEnds &+= 1
        core.pools[Int(lost.pool)].endWait(at: core.now, isDialling: lost.isDialling)
    }

    /// Nobody had the connection before in the trace: it was made for this request or another one, or is from before.
    @inline(__always)
    private func isFirstUse(_ record: ps_pool_acquire_end, _ key: LeaseKey, of waiter: Int32) -> Bool {
        guard record.connection != 0 else { return false }
        if core.connections.slot(key) == nil { return true }
        // The object may be an old one's.
        guard record.socket_inode != 0, let socket = core.sockets.slot(inode: record.socket_inode) else { return false }
        return core.sockets[socket].bornAt != 0 && core.sockets[socket].bornAt >= core.pending[waiter].begin.timestamp
    }

    private mutating func endWait(of waiter: Int32, at end: UInt64, isFirstUse: Bool) {
        let request = core.pending[waiter]
        let length = core.elapsed(from: request.begin.timestamp, to: end)
        let pool = Int(request.pool)
        core.pools[pool].endWait(at: end, isDialling: request.isDialling)
        if request.site >= 0 { core.pools[pool].sites[Int(request.site)].acquires &+= 1 }
        detectors.waitEnded(WaitEnd(request: waiter, at: end, length: length, isFirstUse: isFirstUse), core)
        if request.isDialling {
            core.pools[pool].dials.add(length)
            return
        }
        core.pools[pool].waits.add(length)
        guard length >= core.settings.floors.waitCounted else { return }
        core.pools[pool].countedWaits &+= 1
        core.pools[pool].waitMeter.mark(end)
        core.pools[pool].firstWait = core.pools[pool].firstWait ?? request.begin
        core.pools[pool].lastWait = request.begin
        if length > core.pools[pool].longestWait?.length ?? 0 { core.pools[pool].longestWait = (length, request.begin) }
        let occupied = occupied(request, core.pools[pool])
        PoolState.add(
            request, length: length, isFirstUse: isFirstUse, slowFrom: core.settings.floors.poolWaitP99,
            toLevel: Int(clamping: occupied), of: &core.pools[pool].waitLevels)
        core.pools[pool].waitLog.add(logged(request, end: end, occupied: occupied))
        core.pools[pool].blame.blame(
            request.site, since: core.pending.clocks, from: PendingLedger.place(ofClocksOf: waiter),
            count: request.clockCount, at: end)
    }

    func logged(_ request: PendingAcquire, end: UInt64, occupied: UInt64) -> LoggedWait {
        LoggedWait(
            begin: request.begin.timestamp, end: end, ordinal: request.begin.ordinal, holder: request.holder,
            site: request.site, occupied: occupied)
    }

    /// A goroutine that opens or connects a socket while it acquires does not queue: it dials.
    mutating func noteDial(by header: ps_header) {
        guard core.pending.count > 0, let holder = HolderKey(header) else { return }
        for adapter in core.adapters {
            if let slot = core.pending.slot(PendingKey(holder: holder, adapterID: adapter)) {
                noteDial(of: slot, at: header.timestamp_ns)
            }
        }
    }

    /// Who looks up a name does not queue for a connection of the pool, but makes one.
    mutating func noteLookup(
        _ lookup: NameLookup, name: String, hasFailed: Bool, by holder: HolderKey?, at mark: EventMark
    ) {
        guard core.pending.count > 0, !lookup.isLiteral, let holder else { return }
        for adapter in core.adapters {
            guard let request = core.pending.slot(PendingKey(holder: holder, adapterID: adapter)) else { continue }
            let begin = core.pending[request].begin.timestamp
            let started = max(begin, lookup.endedAt &- min(lookup.duration, lookup.endedAt))
            noteDial(of: request, at: started)
            core.pending.noteLookup(request, took: lookup.endedAt &- min(started, lookup.endedAt))
            detectors.lookedUp(lookup, name: name, hasFailed: hasFailed, in: request, at: mark, core)
        }
    }

    mutating func noteDial(of request: Int32, at start: UInt64) {
        if let pool = core.pending.noteDial(request, at: start) { core.pools[Int(pool)].beginDial() }
    }

    mutating func adapter(ofPoint id: UInt32) -> UInt32 {
        if let point = core.adapterOfPoint.slot(id) { return core.adapterOfPoint[point] }
        core.irregularities.unknownPoints &+= 1
        return 0
    }

    mutating func enterPool(_ id: PoolID) -> Int32 {
        if let known = core.poolIndex[id] { return known }
        if id.address != 0, let unnamed = onlyUnnamedPool(of: id.adapterID) {
            core.pools[Int(unnamed)].id = id
            core.poolIndex[PoolID(adapterID: id.adapterID, address: 0)] = nil
            core.poolIndex[id] = unnamed
            return unnamed
        }
        if !core.adapters.contains(id.adapterID) { core.adapters.append(id.adapterID) }
        let index = core.pools.count
        if index >= OtherPools.from { return enterOther(id) }
        core.pools.append(
            PoolState(id: id, waitFloor: core.settings.floors.waitCounted, isLate: index >= PoolState.fullPools))
        core.poolIndex[id] = Int32(truncatingIfNeeded: index)
        return Int32(truncatingIfNeeded: index)
    }

    /// The one that stands for all pools beyond those that are told apart.
    private mutating func enterOther(_ id: PoolID) -> Int32 {
        core.otherPools.note(id)
        if core.pools.count == OtherPools.from {
            core.pools.append(
                PoolState(id: OtherPools.id, waitFloor: core.settings.floors.waitCounted, isLate: true, isOthers: true))
        }
        return Int32(truncatingIfNeeded: OtherPools.from)
    }

    /// Acquires that began before the probes end in a pool that nobody has named yet. The first that is named is taken for it.
    private func onlyUnnamedPool(of adapter: UInt32) -> Int32? {
        guard let unnamed = core.poolIndex[PoolID(adapterID: adapter, address: 0)] else { return nil }
        return core.pools.count { $0.id.adapterID == adapter } == 1 ? unnamed : nil
    }

    /// The pool of a record that does not name it: the adapter's only one, else one without an address.
    mutating func onlyPool(of adapter: UInt32) -> Int32 {
        // Two are enough to know that there is no only one: there may be thousands.
        var only: Int?
        for index in core.pools.indices where core.pools[index].id.adapterID == adapter {
            if only != nil { return enterPool(PoolID(adapterID: adapter, address: 0)) }
            only = index
        }
        if let only { return Int32(truncatingIfNeeded: only) }
        return enterPool(PoolID(adapterID: adapter, address: 0))
    }
}

extension Duration {
    /// Whole nanoseconds; zero for a negative duration.
    var clampedNanoseconds: UInt64 { UInt64(max(0, wholeNanoseconds)) }
}
