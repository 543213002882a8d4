// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// The round trips of like requests to one endpoint, and of the late ones when and why.
struct ResponseSeries {
    private static let slowestLimit = 5

    private struct Tally {
        var count: UInt64 = 0
        var resent: UInt64 = 0
        var waited: UInt64 = 0
    }

    private var times = LogHistogram()
    private var windows = SpreadWindows()
    private var unread: UInt64 = 0
    /// By how often the floor was doubled. Empty until something is late.
    private var tallies: [Tally] = []
    /// The longest first.
    private var slowest: [ResponseTrip] = []

    /// - Parameter floor: the least time of a late one.
    mutating func add(_ trip: ResponseTrip, floor: UInt64) {
        times.add(trip.time)
        if trip.isLeftUnread { unread &+= 1 }
        let level = Self.level(of: trip.time, floor: floor)
        windows.add(at: trip.answer.timestamp, level: level)
        if level < 0 { return }
        if tallies.isEmpty { tallies = [Tally](repeating: Tally(), count: SpreadWindows.levels) }
        tallies[level].count &+= 1
        if trip.isResent { tallies[level].resent &+= 1 }
        if trip.hasWaited { tallies[level].waited &+= 1 }
        if let least = slowest.last, slowest.count == Self.slowestLimit, least.time >= trip.time { return }
        if slowest.count == Self.slowestLimit { slowest.removeLast() }
        slowest.insert(trip, at: slowest.firstIndex { $0.time < trip.time } ?? slowest.count)
    }

    /// How often the floor must be doubled at most to stay at or below `time`; -1: it is below the floor.
    private static func level(of time: UInt64, floor: UInt64) -> Int {
        if time < floor { return -1 }
        return min(63 - (time / floor).leadingZeroBitCount, SpreadWindows.levels - 1)
    }

    /// Adds its numbers to `summary`, whose endpoint and requests the caller knows.
    ///
    /// Late is what takes the floor, doubled as often as fits into `ratio` x p50, or longer.
    func summarize(into summary: inout ResponseTimes, ratio: Double, floor: UInt64) {
        let statistics = times.statistics
        summary.times = statistics
        summary.unread = unread
        let wanted = Double(statistics.p50.clampedNanoseconds) * ratio
        let line = wanted < Double(UInt64.max / 2) ? UInt64(wanted) : UInt64.max / 2
        let level = max(0, Self.level(of: line, floor: floor))
        summary.lateFrom = .nanoseconds(clamping: floor << UInt64(level))
        for tally in tallies.dropFirst(level) {
            summary.late &+= tally.count
            summary.resent &+= tally.resent
            summary.waited &+= tally.waited
        }
        let counts = windows.late(from: level)
        summary.windows = UInt64(windows.busy)
        summary.lateWindows = UInt64(counts.count { $0 > 0 })
        let core = SpreadWindows.core(of: counts)
        summary.startedAt = instant(0)
        summary.endedAt = instant(windows.last + 1)
        summary.coreStart = instant(core.lowerBound)
        summary.coreEnd = instant(core.upperBound)
        summary.slowest = slowest.map {
            SlowResponse(
                time: .nanoseconds(clamping: $0.time), request: $0.request.reference, answer: $0.answer.reference)
        }
    }

    private func instant(_ window: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: windows.startedAt &+ UInt64(window) &* windows.width)
    }
}
