// SPDX-License-Identifier: Apache-2.0

import CTraceRecords
import TraceModel

/// Names that are looked up while a pool is asked for a connection.
extension Correlator {
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
            core.pools[Int(core.pending[request].pool)].lookups.add(
                lookup.duration, name: name, hasFailed: hasFailed,
                slow: core.settings.thresholds[DNSInAcquireRule.lookup].clampedNanoseconds,
                timeout: core.settings.thresholds[DNSInAcquireRule.timeout].clampedNanoseconds, at: mark)
        }
    }
}
