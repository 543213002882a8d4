// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Who waits for a pool, for how long, and who has its connections meanwhile.
struct PoolWaiting: Sendable {
    private(set) var pools: PoolColumn<PoolWaitingState>
    private(set) var starts = WaitStarts()
    /// The pool's contended time when the lease began.
    private var contendedAtStart = LeaseColumn<UInt64>(0)

    init(_ floors: ThresholdFloors) { pools = PoolColumn(PoolWaitingState(floor: floors.waitCounted)) }

    mutating func acquireBegan(_ request: Int32, _ core: Core) {
        let pool = core.pending[request].pool
        pools[pool].beginWait(request, core.pending[request].begin, core.pools[Int(pool)].level, &starts)
    }

    /// The caller makes a connection: it has a place of the pool.
    mutating func dialBegan(in pool: Int32, _ core: Core) {
        pools[pool].occupancy.change(to: core.pools[Int(pool)].level.occupied)
    }

    /// An acquire has ended of which no end is in the trace.
    mutating func waitLost(_ request: Int32, at now: UInt64, _ core: Core) {
        let pool = core.pending[request].pool
        pools[pool].endWait(core.pools[Int(pool)].level, isDialling: core.pending[request].isDialling, at: now)
    }

    mutating func waitEnded(_ wait: WaitEnd, _ core: Core) {
        waitLost(wait.request, at: wait.at, core)
        pools[core.pending[wait.request].pool].add(wait, starts, core)
    }

    mutating func acquireReturned(from pool: Int32, at now: UInt64) { pools[pool].acquires.mark(now) }

    mutating func leaseBegan(_ lease: LeaseSlot, _ core: Core) {
        let pool = core.leases[lease].pool
        contendedAtStart[lease] = pools[pool].beginLease(
            of: core.leases[lease].site, core.pools[Int(pool)].level, at: core.leases[lease].acquired.timestamp)
    }

    mutating func leaseEnded(_ end: LeaseEnd, _ core: Core) {
        pools[end.pool].endLease(of: end.site, core.pools[Int(end.pool)].level, at: end.at)
        guard let hold = end.hold else { return }
        pools[end.pool].add(
            acquired: core.leases[end.lease].acquired.timestamp, wait: core.leases[end.lease].wait, hold: hold,
            site: end.site, contendedAtStart: contendedAtStart[end.lease], share: core.pools[Int(end.pool)].share)
    }

    /// The trace ends.
    mutating func finished(_ core: Core) {
        for pool in core.pools.indices {
            pools[Int32(truncatingIfNeeded: pool)].change(to: core.pools[pool].level, at: core.now)
        }
    }

    /// How long others have waited for the pool since an open lease of it began.
    func othersWaited(since lease: LeaseSlot, _ core: Core) -> UInt64 {
        pools[core.leases[lease].pool].contention.contendedTime &- contendedAtStart[lease]
    }
}
