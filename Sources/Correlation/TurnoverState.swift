// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How a pool's connections came and went, so far.
struct TurnoverState {
    var leases: UInt64 = 0
    var leasesOfKnownState: UInt64 = 0
    var opened: UInt64 = 0
    var closed: UInt64 = 0
    var leasesOfClosed: UInt64 = 0
    var closedAtRelease: UInt64 = 0
    var firstClose: EventMark?
    var lastClose: EventMark?

    var summary: ConnectionTurnover {
        var summary = ConnectionTurnover()
        summary.leases = leases
        summary.leasesOfKnownState = leasesOfKnownState
        summary.opened = opened
        summary.closed = closed
        summary.leasesOfClosed = leasesOfClosed
        summary.closedAtRelease = closedAtRelease
        summary.firstClose = firstClose?.reference
        summary.lastClose = lastClose?.reference
        return summary
    }
}
