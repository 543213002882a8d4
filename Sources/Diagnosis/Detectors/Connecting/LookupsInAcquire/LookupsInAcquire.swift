// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Names that are looked up while a pool is asked for a connection.
struct LookupsInAcquire: Sendable {
    private var pools = PoolColumn(AcquireLookupTally())

    /// - Parameter request: the acquire in which the name was looked up.
    mutating func lookedUp(
        _ lookup: NameLookup, name: String, hasFailed: Bool, in request: Int32, at mark: EventMark, _ core: Core
    ) {
        pools[core.pending[request].pool].add(
            lookup.duration, name: name, hasFailed: hasFailed,
            slow: core.settings.thresholds[DNSInAcquireRule.lookup].clampedNanoseconds,
            timeout: core.settings.thresholds[DNSInAcquireRule.timeout].clampedNanoseconds, at: mark)
    }

    mutating func waitEnded(_ wait: WaitEnd, _ core: Core) {
        let lookupTime = core.pending[wait.request].lookupTime
        guard lookupTime > 0 else { return }
        pools[core.pending[wait.request].pool].addAcquire(took: wait.length, lookup: lookupTime)
    }

    func addResult(to summary: inout PoolSummary, pool: Int32) { summary.lookups = pools[pool].summary }
}
