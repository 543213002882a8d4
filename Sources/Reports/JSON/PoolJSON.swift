// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

enum PoolJSON {
    static func value(_ pool: PoolSummary, in analysis: TraceAnalysis) -> JSONValue {
        [
            "pool": .string(pool.name), "address": .string("0x" + String(pool.id.address, radix: 16)),
            "endpoints": .array(pool.endpoints.map { .string($0.description) }),
            "maximum_open": JSONValue(pool.audit?.maximumOpen), "maximum_idle": JSONValue(pool.audit?.maximumIdle),
            "open_by_pool_counters": JSONValue(pool.audit?.open), "idle_by_pool_counters": JSONValue(pool.audit?.idle),
            "audit": FindingJSON.event(pool.audit?.event, analysis), "acquires": .unsigned(pool.acquires),
            "failures": .unsigned(pool.failures), "failure_wait": statistics(pool.failureWaits),
            "failures_by_error": .array(pool.failuresByError.map { failures($0, analysis) }),
            "acquires_per_second_peak": .unsigned(pool.peakAcquiresPerSecond),
            "open_leases": .unsigned(pool.openLeases), "peak_leases": .unsigned(pool.peakInUse),
            "ended": endings(pool.endings), "connections": .unsigned(pool.reuse.connections),
            "leases_per_connection": pool.reuse.leasesPerConnection.map { .fraction($0) } ?? .null,
            "most_leases_of_a_connection": .unsigned(pool.reuse.mostLeases),
            "leases_of_new_connections": .unsigned(pool.reuse.newLeases),
            "leases_of_used_connections": .unsigned(pool.reuse.reusedLeases),
            "hold": statistics(pool.holds), "wait": statistics(pool.waits), "dial": statistics(pool.dials),
            "time": LeaseTimeJSON.value(pool),
            "waits": .unsigned(pool.countedWaits), "waits_per_second_peak": .unsigned(pool.peakWaitsPerSecond),
            "queue_peak": .unsigned(pool.peakQueue), "still_waiting": .unsigned(pool.stillWaiting),
            "leased_before_trace": JSONValue(pool.leasedBeforeTrace),
            "releases_without_lease": .unsigned(pool.releasesWithoutLease),
            "missed_releases": .unsigned(pool.missedReleases), "missed_acquires": .unsigned(pool.missedAcquires),
            "missed_acquire_ends": .unsigned(pool.missedAcquireEnds),
            "pool_counters": books(pool.reconciliation, analysis), "blocked_by": .array(pool.blames.map(blame)),
        ]
    }

    private static func blame(_ blame: Blame) -> JSONValue {
        [
            "waiter": JSONValue(blame.waiter?.site?.function), "holder": JSONValue(blame.holder?.site?.function),
            "wait_ns": JSONValue(blame.time),
        ]
    }

    private static func endings(_ endings: LeaseEndings) -> JSONValue {
        .object(
            LeaseEnding.Kind.allCases.map { kind in
                (String(kind.rawValue.map { $0 == " " ? "_" : $0 }), .unsigned(endings[kind]))
            })
    }

    private static func books(_ books: PoolReconciliation, _ analysis: TraceAnalysis) -> JSONValue {
        if books.readings == 0 { return .null }
        let waits: JSONValue? = books.waits.map { waits in
            [
                "growth": .unsigned(waits.growth), "least": .unsigned(waits.least), "most": .unsigned(waits.most),
                "agrees": .bool(waits.agrees),
            ]
        }
        return [
            "agrees": .bool(books.agrees), "readings": .unsigned(books.readings),
            "differing_readings": .unsigned(books.differing), "last_reading": FindingJSON.event(books.event, analysis),
            "excess_leases": .unsigned(books.excessLeases), "unseen_leases": .unsigned(books.unseenLeases),
            "closed_sockets": .unsigned(books.closedSockets), "uncounted_sockets": .unsigned(books.straySockets),
            "outside_sockets": .unsigned(books.outsideSockets), "queued": waits ?? .null,
        ]
    }

    private static func failures(_ failures: FailedAcquires, _ analysis: TraceAnalysis) -> JSONValue {
        [
            "error_type": .string(failures.errorType), "cancellation": .string(failures.cancellation.rawValue),
            "count": .unsigned(failures.count), "dialled": .unsigned(failures.dialled),
            "wait": statistics(failures.waits),
            "sites": .array(
                failures.sites.map { site in
                    let frame = site.stack?.site
                    return [
                        "function": JSONValue(frame?.function), "file": JSONValue(frame?.file),
                        "line": frame?.line.map { .number(Int64($0)) } ?? .null, "count": .unsigned(site.count),
                        "first": FindingJSON.event(site.first, analysis),
                        "last": FindingJSON.event(site.last, analysis),
                        "last_goroutine_id": JSONValue(
                            site.lastHolder.goroutineID == 0 ? nil : site.lastHolder.goroutineID),
                        "last_thread_id": .unsigned(UInt64(site.lastHolder.threadID)),
                    ]
                }),
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
