// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What can be said of one open lease.
struct LeaseJudgement {
    enum Outcome {
        case leaked
        /// Too young, or its socket is in use.
        case active
        /// Old, but a request is out or the holder reads: slow, and not leaked.
        case awaitingAnswer
        /// Old, and nothing tells whether its socket is silent.
        case silenceUnknown
    }

    let lease: LeaseSummary
    let outcome: Outcome
    /// `nil`: not known.
    let silentSince: MonotonicInstant?
    let hasEndedHolder: Bool
    /// Records lost since the acquire that may hold the release.
    let lostReleases: UInt64
    /// Records lost since the last I/O that may hold further I/O.
    let lostActivity: UInt64

    init(
        _ lease: LeaseSummary, of pool: PoolSummary, in analysis: TraceAnalysis, norm: HoldNorm,
        _ thresholds: Thresholds
    ) {
        self.lease = lease
        silentSince = Self.silence(of: lease, in: analysis)
        lostReleases = analysis.lost([.poolRelease, .poolConnectionClose], since: lease.acquired.timestamp)
        lostActivity =
            analysis.isTraced(.socketIO)
            ? analysis.lost([.socketIO], since: silentSince ?? lease.acquired.timestamp, withSums: false) : 0
        let age = analysis.endedAt - lease.acquired.timestamp
        let silence = silentSince.map { analysis.endedAt - $0 }
        let isGone = Self.isHolderGone(lease, in: analysis)
        hasEndedHolder = isGone && min(age, silence ?? age) >= thresholds[LeaseLeakRule.endedSilence]
        // Where the call site hands connections on, or keeps them, that the taker has ended shows little.
        if hasEndedHolder, SiteReturns(of: lease.stack, in: pool).areByTakers {
            outcome = .leaked
        } else if age < norm.threshold || silence.map({ $0 < norm.threshold }) ?? false {
            outcome = .active
        } else if hasEndedHolder {
            outcome = .leaked
        } else if lease.awaitingAnswerSince != nil {
            outcome = .awaitingAnswer
        } else {
            outcome = silence == nil ? .silenceUnknown : .leaked
        }
    }

    /// A lease without I/O is silent since its acquire, if its socket is known and its I/O would have been seen.
    private static func silence(of lease: LeaseSummary, in analysis: TraceAnalysis) -> MonotonicInstant? {
        let acquired = lease.acquired.timestamp
        if let last = lease.lastActivity { return max(last.timestamp, acquired) }
        if lease.socket == nil { return nil }
        if analysis.isTraced(.socketIO) { return acquired }
        return lease.socket?.lastActivityByCensus.map { max($0, acquired) }
    }

    private static func isHolderGone(_ lease: LeaseSummary, in analysis: TraceAnalysis) -> Bool {
        guard lease.condition.state == .ended, !lease.isHandedOver else { return false }
        // When the process exits, all of its threads do: that tells nothing about their leases.
        if let exit = analysis.processExit, let seen = lease.condition.event {
            return exit.timestamp - seen.timestamp > .seconds(1)
        }
        return true
    }
}
