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
        for slot in open { summary.reuse.add(isNew: core.connectionUse(ofLease: slot).isNew) }
        summary.openLeases = pool.inUse
        summary.peakInUse = pool.peakInUse
        summary.audit = pool.audit
        summary.leasedBeforeTrace = pool.leasedBeforeTrace
        summary.releasesWithoutLease = pool.releasesWithoutLease
        summary.missedReleases = pool.missedReleases
        summary.missedAcquires = pool.missedAcquires
        summary.missedAcquireEnds = pool.missedAcquireEnds
        summary.sites = pool.sites.map(siteSummary)
        summary.endpoints = endpoints(ofPool: index, open: open)
        summary.endpointUses = endpointUses(of: pool)
        detectors.addResults(to: &summary, pool: Int32(truncatingIfNeeded: index), leases: open, core)
        return summary
    }

    private func siteSummary(_ site: SiteState) -> SiteSummary {
        SiteSummary(
            stack: core.stack(of: site), acquires: site.acquires, openLeases: site.openLeases,
            completed: site.completed, returnedByTaker: site.returnedByTaker, returnedByOther: site.returnedByOther)
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
