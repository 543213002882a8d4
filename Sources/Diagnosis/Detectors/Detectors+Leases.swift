// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Who listens to what of pools and leases, and in which order. The order matters only where a line says why.
extension Detectors {
    mutating func lookedUp(
        _ lookup: NameLookup, name: String, hasFailed: Bool, in request: Int32, at mark: EventMark, _ core: Core
    ) {
        lookupsInAcquire.lookedUp(lookup, name: name, hasFailed: hasFailed, in: request, at: mark, core)
    }

    mutating func waitEnded(_ wait: WaitEnd, _ core: Core) {
        lookupsInAcquire.waitEnded(wait, core)
    }

    mutating func acquireFailed(_ failure: AcquireFailure, _ core: Core) {
        acquireFailures.acquireFailed(failure, core)
    }

    mutating func leaseBegan(_ lease: LeaseSlot, _ record: ps_pool_acquire_end, _ core: Core) {
        useAfterClose.leaseBegan(lease, record, core)
    }

    mutating func leaseJoined(_ join: LeaseJoin, _ core: Core) {
        turnover.leaseJoined(join, core)
        staleBorrow.leaseJoined(join, core)
    }

    mutating func leaseReleased(_ lease: LeaseSlot, _ core: Core) {
        staleBorrow.leaseReleased(lease, core)
    }

    /// The lease is still there, and its socket linked to it.
    mutating func leaseEnded(_ lease: LeaseSlot, _ core: Core) {
        useAfterClose.leaseEnded(lease, core)
    }

    func addResults(to summary: inout PoolSummary, pool: Int32, _ core: Core) {
        acquireFailures.addResult(to: &summary, pool: pool, core)
        turnover.addResult(to: &summary, pool: pool)
        lookupsInAcquire.addResult(to: &summary, pool: pool)
    }
}
