// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How a pool's connections came and went, so far.
struct TurnoverState {
    private static let closeLimit = 4096

    var leases: UInt64 = 0
    var leasesOfKnownState: UInt64 = 0
    private var opened: UInt64 = 0
    private var closed: UInt64 = 0
    private var closedAtRelease: UInt64 = 0
    /// When connections were closed after which none has been dialled yet.
    private var unmatchedCloses: [UInt64] = []
    private var firstUnmatched = 0
    private var latestClose: UInt64 = 0
    private var latestRedial: UInt64 = 0
    private var redialled: UInt64 = 0
    private var redialMoments: UInt64 = 0
    private var firstClose: EventMark?
    private var lastClose: EventMark?

    /// The pool has closed a sound connection that was opened during the trace.
    mutating func noteClose(at now: UInt64) {
        closed &+= 1
        latestClose = now
        // More than any pool dials again: those beyond stay unmatched.
        if unmatchedCloses.count >= Self.closeLimit {
            if firstUnmatched == 0 { return }
            unmatchedCloses.removeFirst(firstUnmatched)
            firstUnmatched = 0
        }
        unmatchedCloses.append(now)
    }

    /// The pool has closed one right after its lease.
    mutating func noteCloseAtRelease(_ mark: EventMark) {
        closedAtRelease &+= 1
        firstClose = firstClose ?? mark
        lastClose = mark
    }

    /// A connection is leased for the first time.
    mutating func noteOpen(at bornAt: UInt64) {
        opened &+= 1
        guard firstUnmatched < unmatchedCloses.count, unmatchedCloses[firstUnmatched] < bornAt else { return }
        let close = latestClose < bornAt ? latestClose : unmatchedCloses[firstUnmatched]
        firstUnmatched += 1
        redialled &+= 1
        // A close between two dials: what is dialled at one time is one moment.
        if redialMoments == 0 || close > latestRedial {
            redialMoments &+= 1
            latestRedial = bornAt
        }
    }

    var summary: ConnectionTurnover {
        var summary = ConnectionTurnover()
        summary.leases = leases
        summary.leasesOfKnownState = leasesOfKnownState
        summary.opened = opened
        summary.closed = closed
        summary.redialled = redialled
        summary.redialMoments = redialMoments
        summary.closedAtRelease = closedAtRelease
        summary.firstClose = firstClose?.reference
        summary.lastClose = lastClose?.reference
        return summary
    }
}
