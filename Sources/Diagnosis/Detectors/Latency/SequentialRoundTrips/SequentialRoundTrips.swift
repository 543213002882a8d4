// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Requests on leased connections of which each waits for the answer to the one before.
struct SequentialRoundTrips: Detector {
    private var ledger: SerialWalkLedger

    init(_ thresholds: Thresholds) { ledger = SerialWalkLedger(least: thresholds[SerialWalkRule.trips]) }

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        guard event.io.isData, let holder = event.holder else { return }
        if event.lease < 0 { return ledger.interrupt(holder) }
        let key = SerialWalkLedger.Key(pool: core.leases[event.lease].pool, site: core.leases[event.lease].site)
        ledger.note(event.io, key: key, by: holder)
    }

    /// With all runs ended: what did not find room.
    var ended: SerialWalkLedger { ledger.ended }

    func items(_ core: Core) -> [SerialWalk] {
        var walks: [SerialWalk] = []
        for entry in ledger.all {
            walks.append(
                SerialWalk(
                    pool: core.pools[Int(entry.key.pool)].id,
                    stack: core.stack(ofSite: entry.key.site, pool: Int(entry.key.pool)), runs: entry.runs,
                    longestTrips: entry.longestTrips, longestTime: .nanoseconds(clamping: entry.longestTime),
                    savable: .nanoseconds(clamping: entry.savable), begin: entry.begin.reference,
                    end: entry.end.reference))
        }
        return walks
    }
}
