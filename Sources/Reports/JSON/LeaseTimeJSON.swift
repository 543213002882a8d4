// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Where the time of leases went, in nanoseconds by part.
enum LeaseTimeJSON {
    static func value(_ pool: PoolSummary) -> JSONValue {
        var members = members(pool.time, leases: pool.holds.count)
        members.append(("call_sites", .array(pool.callSiteTimes.map(callSite))))
        return .object(members)
    }

    static func parts(_ time: LeaseTime) -> JSONValue {
        .object(LeasePart.allCases.map { ($0.name + "_ns", .unsigned(time[$0])) })
    }

    private static func callSite(_ site: CallSiteTime) -> JSONValue {
        let place: [(String, JSONValue)] = [
            ("function", JSONValue(site.site?.function)), ("file", JSONValue(site.site?.file)),
            ("line", site.site?.line.map { .number(Int64($0)) } ?? .null),
            ("hold", site.holds.map(PoolJSON.statistics) ?? .null),
        ]
        return .object(place + members(site.time, leases: site.leases))
    }

    private static func members(_ time: LeaseTime, leases: UInt64) -> [(String, JSONValue)] {
        [
            ("leases", .unsigned(leases)), ("total_wait_ns", .unsigned(time.wait)),
            ("total_hold_ns", .unsigned(time.hold)), ("parts", parts(time)),
        ]
    }
}
