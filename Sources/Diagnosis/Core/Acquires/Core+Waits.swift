// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Acquires: from the request for a connection to the lease, or to an error.
extension Core {
    /// - Returns: the slot of the acquire.
    mutating func beginWait(_ record: ps_pool_acquire_begin, _ ordinal: UInt64, _ key: PendingKey) -> Int32 {
        let pool = enterPool(PoolID(adapterID: key.adapterID, address: record.pool))
        let site = pools[Int(pool)].site(
            SiteKey(stackID: record.stack_id, caller: record.caller_address, pointID: record.point_id))
        if site == nil { irregularities.unlistedSites &+= 1 }
        pools[Int(pool)].beginWait()
        return pending.begin(
            PendingAcquire(
                key: key, pool: pool, site: site ?? -1, holder: Holder(record.header),
                begin: EventMark(record.header, ordinal: ordinal), goroutineAddress: record.goroutine_address))
    }

    /// An acquire has come back.
    ///
    /// - Parameter request: its slot, no longer in use.
    mutating func endWait(of request: Int32, _ record: ps_pool_acquire_end, _ key: LeaseKey) -> WaitEnd {
        let end = record.header.timestamp_ns
        let wait = WaitEnd(
            request: request, at: end, length: elapsed(from: pending[request].begin.timestamp, to: end),
            isFirstUse: isFirstUse(record, key, of: request))
        let (pool, site) = (Int(pending[request].pool), Int(pending[request].site))
        pools[pool].endWait(isDialling: pending[request].isDialling)
        if site >= 0 { pools[pool].sites[site].acquires &+= 1 }
        return wait
    }

    /// Nobody had the connection before in the trace: it was made for this request or another one, or is from before.
    @inline(__always)
    private func isFirstUse(_ record: ps_pool_acquire_end, _ key: LeaseKey, of request: Int32) -> Bool {
        guard record.connection != 0 else { return false }
        if connections.slot(key) == nil { return true }
        // The object may be an old one's.
        guard record.socket_inode != 0, let socket = sockets.slot(inode: record.socket_inode) else { return false }
        return sockets[socket].bornAt != 0 && sockets[socket].bornAt >= pending[request].begin.timestamp
    }

    /// An acquire ended, and its end is not in the trace.
    ///
    /// - Returns: its slot; `nil`: there was none.
    mutating func loseWait(_ key: PendingKey) -> Int32? {
        guard let lost = pending.end(key) else { return nil }
        pools[Int(pending[lost].pool)].loseWait(isDialling: pending[lost].isDialling)
        return lost
    }

    /// The caller of an acquire begins to make a connection.
    ///
    /// - Returns: the pool, where that is news.
    mutating func noteDial(of request: Int32, at start: UInt64) -> Int32? {
        guard let pool = pending.noteDial(request, at: start) else { return nil }
        pools[Int(pool)].beginDial()
        return pool
    }
}
