// SPDX-License-Identifier: Apache-2.0
public import TraceModel

extension Correlator {
    func poolSummaries() -> [PoolSummary] {
        let open = Dictionary(grouping: core.leases.open) { Int(core.leases[$0].pool) }
        var numbers: [UInt32: Int] = [:]
        return core.pools.indices.filter { !core.pools[$0].isOthers }.map { index in
            let adapter = core.pools[index].id.adapterID
            numbers[adapter, default: 0] += 1
            return summary(
                ofPool: index, name: "\(library(of: adapter)) #\(numbers[adapter, default: 1])", open: open[index] ?? []
            )
        }
    }

    /// `nil`: all pools are told apart.
    func otherPools() -> OtherPoolsSummary? {
        guard let others = core.pools.last, others.isOthers else { return nil }
        let index = core.pools.count - 1
        let open = core.leases.open.filter { Int(core.leases[$0].pool) == index }
        return OtherPoolsSummary(
            count: core.otherPools.count, isCountExact: core.otherPools.isCountExact,
            adapters: core.otherPools.adapters, acquires: others.acquires,
            endpoints: others.unlistedEndpoints == 0 ? endpoints(ofPool: index, open: open) : nil)
    }

    private func library(of adapter: UInt32) -> String {
        core.plan?.pools.first { $0.adapterID == adapter }?.adapter ?? "pool library \(adapter)"
    }

    /// The library and the number of the pool in the process, in the order in which they were seen.
    public func poolName(of id: PoolID) -> String {
        if id == OtherPools.id { return "pools beyond \(OtherPools.from)" }
        let siblings = core.pools.lazy.map(\.id).filter { $0.adapterID == id.adapterID }
        let number = siblings.enumerated().first { $0.element == id }?.offset ?? 0
        return "\(library(of: id.adapterID)) #\(number + 1)"
    }

    private func summary(ofPool index: Int, name: String, open: [Int32]) -> PoolSummary {
        let pool = core.pools[index]
        var summary = PoolSummary(id: pool.id, name: name)
        summary.acquires = pool.acquires
        summary.endings = pool.endings
        summary.reuse = pool.reuse
        for slot in open { summary.reuse.add(isNew: connectionUse(ofLease: slot).isNew) }
        summary.peakAcquiresPerSecond = pool.acquireMeter.peak
        summary.openLeases = pool.inUse
        summary.peakInUse = pool.peakInUse
        summary.holds = pool.holds.statistics
        summary.time = pool.time
        summary.callSiteTimes = callSiteTimes(of: pool)
        summary.dials = pool.dials.statistics
        summary.peakWaitsPerSecond = pool.waitMeter.peak
        summary.audit = pool.audit
        summary.leasedBeforeTrace = pool.leasedBeforeTrace
        summary.releasesWithoutLease = pool.releasesWithoutLease
        summary.missedReleases = pool.missedReleases
        summary.missedAcquires = pool.missedAcquires
        summary.reconciliation = pool.books.reconciliation(comparesWaits: comparesWaits(pool))
        summary.missedAcquireEnds = pool.missedAcquireEnds
        addWaits(of: index, to: &summary)
        summary.sites = siteSummaries(of: index, open: open)
        summary.contention = contention(of: pool)
        summary.endpoints = endpoints(ofPool: index, open: open)
        summary.endpointUses = endpointUses(of: pool)
        detectors.addResults(to: &summary, pool: Int32(truncatingIfNeeded: index), core)
        summary.blames = blames(ofPool: index)
        summary.recordedLeases = pool.recordedLeases.sorted { $0.asked < $1.asked }
        summary.unrecordedLeases = pool.unrecordedLeases
        return summary
    }

    private func addWaits(of index: Int, to summary: inout PoolSummary) {
        let pool = core.pools[index]
        let open = core.pending.queued(inPool: index).map { core.pending[$0] }
            .sorted { $0.begin.ordinal < $1.begin.ordinal }
            .filter {
                core.now >= $0.begin.timestamp && core.now - $0.begin.timestamp >= core.settings.floors.waitCounted
            }
        var waits = pool.waits
        var longest = pool.longestWait
        for request in open {
            let length = core.now - request.begin.timestamp
            waits.add(length)
            if length > longest?.length ?? 0 { longest = (length, request.begin) }
        }
        let logged = open.map { self.logged($0, end: core.now, occupied: occupied($0, pool)) }
        summary.waits = waits.statistics
        summary.peakQueue = pool.waitLog.peakQueue(with: logged)
        summary.countedWaits = pool.countedWaits &+ UInt64(open.count)
        summary.stillWaiting = UInt64(open.count)
        summary.firstWait = (pool.firstWait ?? open.first?.begin)?.reference
        summary.lastWait = (open.last?.begin ?? pool.lastWait)?.reference
        summary.longestWait = longest?.event.reference
        let fullFrom = fullFrom(pool)
        summary.listedWaits =
            pool.waitLog.waits.map { wait($0, fullFrom, isEnded: true) }
            + logged.map { wait($0, fullFrom, isEnded: false) }
        addFullWaits(of: pool, open: open, to: &summary)
    }

    private func wait(_ logged: LoggedWait, _ fullFrom: UInt64?, isEnded: Bool) -> Wait {
        let begin = EventReference(
            ordinal: logged.ordinal, kind: .poolAcquireBegin, timestamp: MonotonicInstant(nanoseconds: logged.begin))
        return Wait(
            holder: logged.holder, begin: begin, end: isEnded ? MonotonicInstant(nanoseconds: logged.end) : nil,
            site: logged.site >= 0 ? Int(logged.site) : nil, isFull: fullFrom.map { logged.occupied >= $0 })
    }

    private func siteSummaries(of index: Int, open: [Int32]) -> [SiteSummary] {
        let pool = core.pools[index]
        var contended = pool.sites.map(\.othersWaited)
        for slot in open where core.leases[slot].site >= 0 {
            contended[Int(core.leases[slot].site)] &+= pool.contendedTime &- core.leases[slot].contendedAtStart
        }
        return pool.sites.enumerated().map { number, site in
            SiteSummary(
                stack: core.stack(of: site), acquires: site.acquires, openLeases: site.openLeases,
                completed: site.completed,
                returnedByTaker: site.returnedByTaker, returnedByOther: site.returnedByOther,
                totalHold: .nanoseconds(clamping: site.totalHold),
                longestHold: .nanoseconds(clamping: site.longestHold), longLeases: site.longLeases,
                longHold: .nanoseconds(clamping: site.longHold),
                longSocketTime: .nanoseconds(clamping: site.longSocketTime), firstLong: site.firstLong?.reference,
                lastLong: site.lastLong?.reference, othersWaited: .nanoseconds(clamping: contended[number]))
        }
    }

    private func contention(of pool: PoolState) -> [Contention] {
        pool.levels.enumerated().compactMap { inUse, level in
            guard let level else { return nil }
            return Contention(
                inUse: UInt64(inUse), time: .nanoseconds(clamping: level.time),
                first: MonotonicInstant(nanoseconds: level.first), last: MonotonicInstant(nanoseconds: level.last),
                peakQueue: level.peakQueue, event: level.event.reference)
        }
    }

    private func endpointUses(of pool: PoolState) -> [EndpointUse] {
        pool.endpoints.map { use in
            EndpointUse(
                endpoint: use.endpoint, leases: use.leases, first: use.first.reference, last: use.last.reference)
        }.map { ($0, $0.endpoint.description) }
            .sorted { ($1.0.leases, $0.1) < ($0.0.leases, $1.1) }.map(\.0)
    }

    private func endpoints(ofPool index: Int, open: [Int32]) -> [Endpoint] {
        var uses = Dictionary(uniqueKeysWithValues: core.pools[index].endpoints.map { ($0.endpoint, $0.leases) })
        for slot in open where core.leases[slot].socket >= 0 {
            if let remote = core.sockets[core.leases[slot].socket].remote { uses[remote, default: 0] &+= 1 }
        }
        return uses.map { ($0.key, $0.key.description, $0.value) }
            .sorted { ($1.2, $0.1) < ($0.2, $1.1) }.map(\.0)
    }
}
