// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How many of an endpoint's connections its peer ends at one time. Endpoints are those whose connections are counted.
struct ClosureLedger {
    private static let redialTime: UInt64 = 30_000_000_000

    private struct Entry {
        /// Those within the window, the oldest first: no more than there were connections at one time.
        var recent: [PeerEnd] = []
        var wave: ClosureWave?
        var worst: ClosureWave?
    }

    private var entries: [Endpoint: Entry] = [:]

    /// The peer ended a connection.
    ///
    /// - Parameter connected: Connections that the endpoint has still.
    /// - Parameter survived: the longest silence that a connection to the endpoint has survived, in nanoseconds.
    /// - Returns: when the wave began that it is part of, where the rule asks for such; else `nil`.
    mutating func ended(
        _ endpoint: Endpoint, _ end: PeerEnd, connected: UInt64, survived: UInt64, _ thresholds: Thresholds
    ) -> UInt64? {
        var entry = entries[endpoint] ?? Entry()
        let window = thresholds[MassInvalidationRule.window].clampedNanoseconds
        entry.recent.append(end)
        entry.recent.removeAll { $0.mark.timestamp &+ window < end.mark.timestamp }
        guard let first = entry.recent.first else { return nil }
        var wave = ClosureWave(
            entry.recent, from: first, to: end, of: endpoint, connected: connected, survived: survived, thresholds
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
