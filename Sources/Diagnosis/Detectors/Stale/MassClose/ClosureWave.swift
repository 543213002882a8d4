// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Ends of one endpoint's connections within the window.
struct ClosureWave {
    /// Timers of servers are coarse.
    private static let likeSilence: UInt64 = 20
    /// Uses so far apart whose connections end together are ended by something else than their idle timeout.
    private static let usesApart: UInt64 = 500_000_000

    var closure: MassClosure
    var lastAt: UInt64
    /// Large enough, and not the end of idle connections.
    var isJudged: Bool

    init(
        _ ends: [PeerEnd], from first: PeerEnd, to last: PeerEnd, of endpoint: Endpoint, connected: UInt64,
        survived: UInt64, _ thresholds: Thresholds
    ) {
        let closed = UInt64(ends.count)
        closure = MassClosure(
            endpoint: endpoint, closed: closed, connections: closed &+ connected, first: first.mark.reference,
            last: last.mark.reference, redials: 0)
        lastAt = last.mark.timestamp
        let isLarge =
            closed >= max(1, thresholds[MassInvalidationRule.connections])
            && Double(closed) >= thresholds[MassInvalidationRule.share] * Double(closure.connections)
        closure.isMetAfterIdle = ends.allSatisfy(\.isMetAfterIdle)
        if isLarge { closure.idleTimeout = Self.idleTimeout(ends, survived: survived, thresholds) }
        isJudged = isLarge && !closure.isMetAfterIdle && closure.idleTimeout == nil
    }

    /// By what the rule asks.
    func isWorse(than other: Self) -> Bool {
        (isJudged ? 1 : 0, closure.redials > 0 ? 1 : 0, closure.closed)
            > (other.isJudged ? 1 : 0, other.closure.redials > 0 ? 1 : 0, other.closure.closed)
    }

    /// All had been silent for about the same long time, longer than any that survived.
    private static func idleTimeout(_ ends: [PeerEnd], survived: UInt64, _ thresholds: Thresholds) -> Duration? {
        let silences = ends.map(\.silence)
        let spoken = ends.map(\.spokenAt)
        let times = ends.map(\.mark.timestamp)
        guard let shortest = silences.min(), let longest = silences.max(), let firstUse = spoken.min(),
            let lastUse = spoken.max(), let firstEnd = times.min(), let lastEnd = times.max()
        else { return nil }
        let isTogether = lastUse - firstUse > usesApart && lastEnd - firstEnd < (lastUse - firstUse) / 4
        guard shortest >= thresholds[MassInvalidationRule.window].clampedNanoseconds, shortest > survived,
            longest - shortest <= longest / likeSilence, !isTogether
        else { return nil }
        return .nanoseconds(clamping: shortest)
    }
}
