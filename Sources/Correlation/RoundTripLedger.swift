// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The last round trips to each endpoint.
struct RoundTripLedger {
    private static let limit = 1024

    private struct Ring {
        var times: [UInt64] = []
        var count: UInt64 = 0
        var latest: EventMark
    }

    private var rings: [Endpoint: Ring] = [:]

    mutating func add(_ time: UInt64, to endpoint: Endpoint, at mark: EventMark) {
        guard var ring = rings.removeValue(forKey: endpoint) else {
            if rings.count < Self.limit { rings[endpoint] = Ring(times: [time], count: 1, latest: mark) }
            return
        }
        if ring.times.count < RoundTrips.kept {
            ring.times.append(time)
        } else {
            ring.times[Int(ring.count % UInt64(RoundTrips.kept))] = time
        }
        ring.count &+= 1
        ring.latest = mark
        rings[endpoint] = ring
    }

    /// By the endpoint's text, so that the order does not depend on hashing.
    var all: [RoundTrips] {
        rings.map { endpoint, ring in
            RoundTrips(
                endpoint: endpoint, count: ring.count, last: ring.times.map { .nanoseconds(clamping: $0) },
                event: ring.latest.reference)
        }.map { ($0, $0.endpoint.description) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
