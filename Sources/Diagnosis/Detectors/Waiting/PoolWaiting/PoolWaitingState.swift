// SPDX-License-Identifier: Apache-2.0

/// Who waited for one pool, so far. It is large, and changed where it is.
struct PoolWaitingState {
    /// Of acquires that came back.
    var acquires = RateMeter()
    var occupancy = OccupancyPeaks()
    private(set) var contention = ContentionLedger()
    private(set) var blame = BlameLedger()
    private(set) var waits: EndedWaits
    private(set) var sample = LeaseSample()
    /// By the number of the call site: how long others waited during its completed leases.
    private(set) var othersWaited: [UInt64] = []

    init(floor: UInt64) { waits = EndedWaits(floor: floor) }

    @inline(__always)
    mutating func change(to level: PoolLevel, at now: UInt64) {
        contention.change(inUse: level.inUse, waiters: level.waiters, at: now)
    }

    mutating func beginWait(_ request: Int32, _ begin: EventMark, _ level: PoolLevel, _ starts: inout WaitStarts) {
        change(to: level, at: begin.timestamp)
        contention.begin(begin)
        starts.begin(request, occupancyMark: occupancy.now, clocks: blame.clocks(at: begin.timestamp))
    }

    mutating func endWait(_ level: PoolLevel, isDialling: Bool, at now: UInt64) {
        change(to: level, at: now)
        if isDialling { occupancy.change(to: level.occupied) }
    }

    /// After `endWait`.
    mutating func add(_ wait: WaitEnd, _ starts: WaitStarts, _ core: Core) {
        let request = wait.request
        if core.pending[request].isDialling { return waits.addDial(wait.length) }
        waits.add(wait.length)
        guard wait.length >= core.settings.floors.waitCounted else { return }
        let occupied = occupancy.most(since: starts.occupancyMark(of: request))
        waits.count(
            LoggedWait(core.pending[request], end: wait.at, occupied: occupied), core.pending[request].begin,
            isFirstUse: wait.isFirstUse, slowFrom: core.settings.floors.poolWaitP99,
            share: core.pools[Int(core.pending[request].pool)].share)
        blame.blame(
            core.pending[request].site, since: starts.clocks, from: starts.place(ofClocksOf: request),
            count: starts.clockCount(of: request), at: wait.at)
    }

    /// - Returns: the time so far in which someone waited.
    mutating func beginLease(of site: Int32, _ level: PoolLevel, at now: UInt64) -> UInt64 {
        change(to: level, at: now)
        occupancy.change(to: level.occupied)
        blame.beginLease(of: site, at: now)
        return contention.contendedTime
    }

    mutating func endLease(of site: Int32, _ level: PoolLevel, at now: UInt64) {
        change(to: level, at: now)
        occupancy.change(to: level.occupied)
        blame.endLease(of: site, at: now)
    }

    /// A lease is completed. After `endLease`.
    ///
    /// - Parameter contendedAtStart: what `beginLease` returned.
    /// - Parameter share: the pool has the room of one of so many.
    mutating func add(
        acquired: UInt64, wait: UInt64?, hold: UInt64, site: Int32, contendedAtStart: UInt64, share: Int
    ) {
        sample.add(acquired: acquired, wait: wait, hold: hold, share: share)
        guard site >= 0 else { return }
        if Int(site) >= othersWaited.count {
            othersWaited.append(contentsOf: repeatElement(0, count: Int(site) + 1 - othersWaited.count))
        }
        othersWaited[Int(site)] &+= contention.contendedTime &- contendedAtStart
    }
}
