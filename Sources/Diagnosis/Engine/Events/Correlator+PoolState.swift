// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The pools' own counters.
extension Correlator {
    mutating func take(_ record: ps_pool_state, _ ordinal: UInt64) {
        func count(_ value: Int64) -> UInt64? { value < 0 ? nil : UInt64(value) }
        let pool = Int(core.enterPool(PoolID(adapterID: record.adapter_id, address: record.pool)))
        if core.pools[pool].isOthers { return }
        let audit = PoolAudit(
            event: EventMark(record.header, ordinal: ordinal).reference, open: count(record.open_connections),
            idle: count(record.idle_connections), maximumOpen: count(record.maximum_open),
            maximumIdle: count(record.maximum_idle), waitCount: count(record.wait_count))
        detectors.countersRead(
            audit, of: Int32(truncatingIfNeeded: pool), EventMark(record.header, ordinal: ordinal), core)
        core.pools[pool].audit = audit
        guard let open = audit.open, let idle = audit.idle else { return }
        let inUse = open > idle ? open - idle : 0
        let unknown = inUse > core.pools[pool].inUse ? inUse - core.pools[pool].inUse : 0
        core.pools[pool].leasedBeforeTrace = min(core.pools[pool].leasedBeforeTrace ?? .max, unknown)
    }
}
