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

    /// An acquire has ended, and its end is not in the trace.
    mutating func waitLost(_ request: Int32, at now: UInt64, _ core: Core) {
        poolCounters.levelChanged(of: core.pending[request].pool, at: now, core)
        poolWaiting.waitLost(request, at: now, core)
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

    /// The lease is still there, and its socket linked to it.
    mutating func leaseEnded(_ end: LeaseEnd, _ core: Core) {
        poolCounters.levelChanged(of: end.pool, at: end.at, core)
        poolWaiting.leaseEnded(end, core)
        leaseTime.leaseEnded(end, core)
        useAfterClose.leaseEnded(end.lease, core)
    }

    /// - Parameter leases: those of the pool that are open.
    func addResults(to summary: inout PoolSummary, pool: Int32, leases: [Int32], _ core: Core) {
        acquireFailures.addResult(to: &summary, pool: pool, core)
        leaseTime.addResult(to: &summary, pool: pool, core)
        lookupsInAcquire.addResult(to: &summary, pool: pool)
        poolCounters.addResult(to: &summary, pool: pool, core)
        poolWaiting.addResult(to: &summary, pool: pool, leases: leases, core)
        turnover.addResult(to: &summary, pool: pool)
    }
}
