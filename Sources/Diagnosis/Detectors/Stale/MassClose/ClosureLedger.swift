// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many connections each endpoint has, and how many of them its peer ends at one time.
struct ClosureLedger {
    static let limit = 2048
    private static let redialTime: UInt64 = 30_000_000_000

    private struct Entry {
        var connected: UInt64 = 0
        /// Those within the window, the oldest first: no more than there were connections at one time.
        var recent: [PeerEnd] = []
        var wave: ClosureWave?
        var worst: ClosureWave?
    }

    private var entries: [Endpoint: Entry] = [:]
    /// Connections to endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0

    mutating func connected(_ endpoint: Endpoint) {
        if entries[endpoint] == nil, entries.count >= Self.limit {
            unlisted &+= 1
            return
        }
        entries[endpoint, default: Entry()].connected &+= 1
    }

    func connectedCount(_ endpoint: Endpoint) -> UInt64 { entries[endpoint]?.connected ?? 0 }

    mutating func disconnected(_ endpoint: Endpoint) {
        guard let count = entries[endpoint]?.connected, count > 0 else { return }
        entries[endpoint]?.connected = count - 1
    }

    /// The peer ended a connection, which is not among those connected any more.
    ///
    /// - Parameter survived: the longest silence that a connection to the endpoint has survived, in nanoseconds.
    /// - Returns: when the wave began that it is part of, where the rule asks for such; else `nil`.
    mutating func ended(_ endpoint: Endpoint, _ end: PeerEnd, survived: UInt64, _ thresholds: Thresholds) -> UInt64? {
        guard var entry = entries[endpoint] else { return nil }
        let window = thresholds[MassInvalidationRule.window].clampedNanoseconds
        entry.recent.append(end)
        entry.recent.removeAll { $0.mark.timestamp &+ window < end.mark.timestamp }
        guard let first = entry.recent.first else { return nil }
        var wave = ClosureWave(
            entry.recent, from: first, to: end, of: endpoint, connected: entry.connected, survived: survived, thresholds
        )
        if let present = entry.wave, end.mark.timestamp &- present.lastAt <= window {
            wave.closure.redials = present.closure.redials
            if !wave.isWorse(than: present) { wave = present }
            wave.lastAt = end.mark.timestamp
        } else if let past = entry.wave, entry.worst.map(past.isWorse(than:)) ?? true {
            entry.worst = past
        }
        entry.wave = wave
        entries[endpoint] = entry
        return wave.isJudged ? wave.closure.first.timestamp.nanoseconds : nil
    }

    mutating func dialled(_ endpoint: Endpoint, at now: UInt64) {
        guard let entry = entries[endpoint], let wave = entry.wave else { return }
        if now &- wave.lastAt < Self.redialTime { entries[endpoint]?.wave?.closure.redials &+= 1 }
        guard let worst = entry.worst, now &- worst.lastAt < Self.redialTime else { return }
        entries[endpoint]?.worst?.closure.redials &+= 1
    }

    /// Of each endpoint the worst wave by what the rule asks, in the order of time.
    var worst: [MassClosure] {
        entries.values.compactMap { entry in
            guard let wave = entry.wave, let worst = entry.worst else { return (entry.wave ?? entry.worst)?.closure }
            return worst.isWorse(than: wave) ? worst.closure : wave.closure
        }.sorted { $0.first.ordinal < $1.first.ordinal }
    }
}
