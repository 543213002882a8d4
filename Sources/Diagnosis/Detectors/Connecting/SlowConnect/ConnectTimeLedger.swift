// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long connections took to be made, by endpoint.
struct ConnectTimeLedger {
    static let limit = 1024

    private struct Entry {
        var count: UInt64 = 0
        var slow: UInt64 = 0
        var longest: UInt64 = 0
        var shortest = UInt64.max
        var total: UInt64 = 0
        var firstSlow: EventMark?
        var lastSlow: EventMark?
    }

    private var entries: [Endpoint: Entry] = [:]
    /// Connections to endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0

    /// The SYN of a socket is answered.
    mutating func connected(_ socket: SocketSlot, took: UInt64, at mark: EventMark, _ core: Core) {
        guard let remote = core.sockets[socket].remote else { return }
        add(remote, took: took, floor: core.settings.thresholds[SlowConnectRule.tcp].clampedNanoseconds, at: mark)
    }

    /// - Parameter floor: the least time, in nanoseconds, of a slow one.
    mutating func add(_ endpoint: Endpoint, took: UInt64, floor: UInt64, at mark: EventMark) {
        if entries[endpoint] == nil, entries.count >= Self.limit {
            unlisted &+= 1
            return
        }
        var entry = entries[endpoint] ?? Entry()
        entry.count &+= 1
        entry.total &+= took
        entry.longest = max(entry.longest, took)
        entry.shortest = min(entry.shortest, took)
        if took >= floor {
            entry.slow &+= 1
            entry.firstSlow = entry.firstSlow ?? mark
            entry.lastSlow = mark
        }
        entries[endpoint] = entry
    }

    /// The shortest to the endpoint, in nanoseconds; `nil`: none was seen.
    func shortest(to endpoint: Endpoint) -> UInt64? { entries[endpoint]?.shortest }

    /// By the endpoint's text, so that the order does not depend on hashing.
    var times: [ConnectTimes] {
        entries.map { endpoint, entry in
            ConnectTimes(
                endpoint: endpoint, count: entry.count, slow: entry.slow,
                longest: .nanoseconds(clamping: entry.longest), total: .nanoseconds(clamping: entry.total),
                firstSlow: entry.firstSlow?.reference, lastSlow: entry.lastSlow?.reference)
        }.map { ($0, $0.endpoint.description) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
