// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many connections each endpoint has, and how many of them its peer ends at one time.
struct ClosureLedger {
    private static let limit = 2048
    private static let redialTime: UInt64 = 30_000_000_000

    private struct Entry {
        var connected: UInt64 = 0
        /// Those within the window, the oldest first: no more than there were connections at one time.
        var recent: [EventMark] = []
        var worst: MassClosure?
        var worstEnd: UInt64 = 0
    }

    private var entries: [Endpoint: Entry] = [:]

    mutating func connected(_ endpoint: Endpoint) {
        if entries[endpoint] == nil, entries.count >= Self.limit { return }
        entries[endpoint, default: Entry()].connected &+= 1
    }

    func connectedCount(_ endpoint: Endpoint) -> UInt64 { entries[endpoint]?.connected ?? 0 }

    mutating func disconnected(_ endpoint: Endpoint) {
        guard let count = entries[endpoint]?.connected, count > 0 else { return }
        entries[endpoint]?.connected = count - 1
    }

    /// The peer ended a connection, which is not among those connected any more.
    mutating func ended(_ endpoint: Endpoint, _ mark: EventMark, within window: UInt64) {
        guard var entry = entries[endpoint] else { return }
        entry.recent.append(mark)
        entry.recent.removeAll { $0.timestamp &+ window < mark.timestamp }
        let closed = UInt64(entry.recent.count)
        if closed > entry.worst?.closed ?? 0, let first = entry.recent.first {
            // A later, larger wave brings its own redials.
            let isSameWave = mark.timestamp &- entry.worstEnd <= window
            entry.worst = MassClosure(
                endpoint: endpoint, closed: closed, connections: closed &+ entry.connected, first: first.reference,
                last: mark.reference, redials: isSameWave ? entry.worst?.redials ?? 0 : 0)
            entry.worstEnd = mark.timestamp
        }
        entries[endpoint] = entry
    }

    mutating func dialled(_ endpoint: Endpoint, at now: UInt64) {
        guard let entry = entries[endpoint], entry.worst != nil, now &- entry.worstEnd < Self.redialTime else { return }
        entries[endpoint]?.worst?.redials &+= 1
    }

    /// Of each endpoint the largest wave, in the order of time.
    var worst: [MassClosure] { entries.values.compactMap(\.worst).sorted { $0.first.ordinal < $1.first.ordinal } }
}
