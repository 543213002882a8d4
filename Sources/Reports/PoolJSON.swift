// SPDX-License-Identifier: Apache-2.0
import TraceModel

enum PoolJSON {
    static func value(_ pool: PoolSummary, in analysis: TraceAnalysis) -> JSONValue {
        [
            "pool": .string(pool.name), "address": .string("0x" + String(pool.id.address, radix: 16)),
            "endpoints": .array(pool.endpoints.map { .string($0.description) }),
            "maximum_open": JSONValue(pool.audit?.maximumOpen), "maximum_idle": JSONValue(pool.audit?.maximumIdle),
            "open_by_own_count": JSONValue(pool.audit?.open), "idle_by_own_count": JSONValue(pool.audit?.idle),
            "audit": FindingJSON.event(pool.audit?.event, analysis), "acquires": .unsigned(pool.acquires),
            "failures": .unsigned(pool.failures), "acquires_per_second_peak": .unsigned(pool.peakAcquiresPerSecond),
            "open_leases": .unsigned(pool.openLeases), "peak_leases": .unsigned(pool.peakInUse),
            "hold": statistics(pool.holds), "wait": statistics(pool.waits), "dial": statistics(pool.dials),
            "waits": .unsigned(pool.countedWaits), "waits_per_second_peak": .unsigned(pool.peakWaitsPerSecond),
            "queue_peak": .unsigned(pool.peakQueue), "still_waiting": .unsigned(pool.stillWaiting),
            "leased_before_trace": JSONValue(pool.leasedBeforeTrace),
            "releases_without_lease": .unsigned(pool.releasesWithoutLease),
            "missed_releases": .unsigned(pool.missedReleases),
            "missed_acquire_ends": .unsigned(pool.missedAcquireEnds),
        ]
    }

    static func statistics(_ statistics: DurationStatistics) -> JSONValue {
        [
            "count": .unsigned(statistics.count), "p50_ns": JSONValue(statistics.p50),
            "p99_ns": JSONValue(statistics.p99), "longest_ns": JSONValue(statistics.longest),
            "total_ns": JSONValue(statistics.total),
        ]
    }
}
