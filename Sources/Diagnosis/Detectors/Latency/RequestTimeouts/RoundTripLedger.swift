// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The last round trips to each endpoint.
struct RoundTripLedger {
    static let limit = 1024

    private struct Entry {
        let endpoint: Endpoint
        var count: UInt64 = 0
        var latest: EventMark
    }

    private var entries: [Entry] = []
    /// Round trips to endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0
    /// `RoundTrips.kept` for each entry, as a ring.
    private var times: [UInt64] = []
    private var index: [Endpoint: Int32] = [:]

    /// - Parameter hint: What this returned for the socket before, -1 at first: it saves the look-up.
    /// - Returns: the place of the endpoint; -1: there are too many.
    mutating func add(_ time: UInt64, to endpoint: Endpoint, hint: Int32, at mark: EventMark) -> Int32 {
        let isKnown = hint >= 0 && entries[Int(hint)].endpoint == endpoint
        guard let place = isKnown ? hint : enter(endpoint, mark) else {
            unlisted &+= 1
            return -1
        }
        let entry = Int(place)
        times[entry * RoundTrips.kept + Int(entries[entry].count % UInt64(RoundTrips.kept))] = time
        entries[entry].count &+= 1
        entries[entry].latest = mark
        return place
    }

    private mutating func enter(_ endpoint: Endpoint, _ mark: EventMark) -> Int32? {
        if let known = index[endpoint] { return known }
        if entries.count >= Self.limit { return nil }
        let place = Int32(truncatingIfNeeded: entries.count)
        index[endpoint] = place
        entries.append(Entry(endpoint: endpoint, latest: mark))
        times.append(contentsOf: repeatElement(0, count: RoundTrips.kept))
        return place
    }

    /// By the endpoint's text, so that the order does not depend on hashing.
    var all: [RoundTrips] {
        entries.enumerated().map { place, entry in
            let kept = times[place * RoundTrips.kept..<(place + 1) * RoundTrips.kept].prefix(Int(clamping: entry.count))
            return RoundTrips(
                endpoint: entry.endpoint, count: entry.count, last: kept.map { .nanoseconds(clamping: $0) },
                event: entry.latest.reference)
        }.map { ($0, $0.endpoint.description) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
