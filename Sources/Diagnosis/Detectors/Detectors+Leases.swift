// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Who listens to what of pools and leases, and in which order. The order matters only where a line says why.
extension Detectors {
    mutating func acquireBegan(_ request: Int32, _ core: Core) {
        poolCounters.acquireBegan(request, core)
        poolWaiting.acquireBegan(request, core)
    }

    /// An acquire has come back, with a connection or an error.
    mutating func waitEnded(_ wait: WaitEnd, _ core: Core) {
        poolCounters.levelChanged(of: core.pending[wait.request].pool, at: wait.at, core)
        lookupsInAcquire.waitEnded(wait, core)
        poolWaiting.waitEnded(wait, core)
    }

    /// The caller of an acquire makes a connection.
    mutating func dialBegan(in pool: Int32, _ core: Core) { poolWaiting.dialBegan(in: pool, core) }

    /// The caller of an acquire has looked up a name.
    mutating func lookedUp(
        _ lookup: NameLookup, name: String, hasFailed: Bool, in request: Int32, at mark: EventMark, _ core: Core
    ) {
        lookupsInAcquire.lookedUp(lookup, name: name, hasFailed: hasFailed, in: request, at: mark, core)
    }

    /// An acquire has ended, and its end is not in the trace.
    mutating func waitLost(_ request: Int32, at now: UInt64, _ core: Core) {
        poolCounters.levelChanged(of: core.pending[request].pool, at: now, core)
        poolWaiting.waitLost(request, at: now, core)
    }

    /// An acquire has come back, whatever with, and whether or not its request is in the trace.
    mutating func acquireReturned(from pool: Int32, at now: UInt64) { poolWaiting.acquireReturned(from: pool, at: now) }

    /// It came back with a connection, which has not been booked to a lease yet.
    ///
    /// - Parameter freeSince: When the connection was used last; `nil`: it was not leased before.
    mutating func connectionGiven(to request: Int32, freeSince: UInt64?, _ core: Core) {
        poolCounters.connectionGiven(to: request, freeSince: freeSince, core)
    }

    mutating func acquireFailed(_ failure: AcquireFailure, _ core: Core) {
        poolCounters.acquireFailed(failure, core)
        acquireFailures.acquireFailed(failure, core)
        if let request = failure.request {
            rejectedConnections.acquireFailed(
                failure.mark, pool: failure.pool, request: core.pending[request], error: failure.error, core)
        }
    }

    /// - Parameter request: the slot of its acquire; `nil`: the request was before the trace.
    mutating func leaseBegan(
        _ lease: LeaseSlot, _ record: ps_pool_acquire_end, request: Int32?, _ core: Core
    ) {
        poolCounters.levelChanged(of: core.leases[lease].pool, at: record.header.timestamp_ns, core)
        poolWaiting.leaseBegan(lease, core)
        leaseTime.leaseBegan(lease, request: request, core)
        useAfterClose.leaseBegan(lease, record, core)
    }

    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        leaseTime.leaseJoined(join, core)
        turnover.leaseJoined(join, core)
        staleBorrow.leaseJoined(join, core)
    }

    /// The socket of a lease is known now, and what its holder did until `now` was on others. Before `leaseJoined`.
    mutating func socketFound(_ lease: LeaseSlot, at now: UInt64) { leaseTime.socketFound(lease, at: now) }

    /// A lease is released: it is to end.
    mutating func leaseReleased(_ lease: LeaseSlot, _ core: Core) { staleBorrow.leaseReleased(lease, core) }

    /// A connection comes back that is not leased in the trace.
    mutating func released(_ key: LeaseKey, by holder: HolderKey?, at mark: EventMark) {
        useAfterClose.released(key, by: holder, at: mark)
    }

    /// The pool's own function closes a connection that is leased.
    mutating func poolClosing(_ lease: LeaseSlot, by header: ps_header, _ mark: EventMark, _ core: Core) {
        useAfterClose.poolClosing(lease, by: header, mark, core)
    }

    /// The lease is still there, and its socket linked to it.
    mutating func leaseEnded(_ end: LeaseEnd, _ core: Core) {
        poolCounters.levelChanged(of: end.pool, at: end.at, core)
        poolWaiting.leaseEnded(end, core)
        leaseTime.leaseEnded(end, core)
        useAfterClose.leaseEnded(end.lease, core)
    }

    /// A census has read a pool's own counters.
    mutating func countersRead(_ audit: PoolAudit, of pool: Int32, _ mark: EventMark, _ core: Core) {
        poolCounters.countersRead(audit, of: pool, mark, core)
    }

    /// Records of receives or sends are missing up to `now`.
    mutating func callsLost(at now: UInt64, _ core: Core) { leaseTime.callsLost(at: now, core) }

    /// The trace ends.
    mutating func finished(_ core: Core) { poolWaiting.finished(core) }
}
