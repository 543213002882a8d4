// SPDX-License-Identifier: Apache-2.0

/// Decides which sockets are too busy for a record of each call: those that make too many, and those whose records take too
/// much of the target's CPU time, as measured.
///
/// Counting by socket costs the recorder a look-up per record, so it begins at half of each limit.
struct DetailGovernor {
    let limits: DetailLimits
    /// Sockets that have been counted in this second, at most.
    private static let socketLimit = 65_536
    /// Of a core. A target that is all but idle pays next to nothing, whatever the share.
    static let leastCost = 0.02

    private(set) var isWatching = false
    private var counts: [UInt64: UInt64] = [:]
    private var records: UInt64 = 0
    private var lastLost: UInt64 = 0
    private var lastCost = CallCost()
    private var lastTick: UInt64

    /// - Parameter cost: What the target has used before it was recorded.
    init(limits: DetailLimits, now: UInt64, cost: CallCost = CallCost()) {
        self.limits = limits
        lastTick = now
        lastCost = cost
    }

    /// A receive or send was recorded. Only counts by socket while `isWatching`.
    mutating func note(inode: UInt64) {
        if counts.count < Self.socketLimit || counts[inode] != nil { counts[inode, default: 0] &+= 1 }
    }

    mutating func note(records count: Int) { records &+= UInt64(count) }

    struct Choice: Equatable {
        var callsPerSecond: UInt64
        /// A second.
        var cost: CallCost
        var isForCalls: Bool
        var isForCost: Bool
        /// The busiest first.
        var inodes: [UInt64]
    }

    /// About once a second: the sockets whose calls are to be summed up; `nil`: none.
    ///
    /// - Parameters:
    ///   - lost: Records lost so far: those would have been recorded, too.
    ///   - cost: So far.
    mutating func tick(now: UInt64, lost: UInt64, cost: CallCost) -> Choice? {
        let elapsed = max(now &- min(lastTick, now), 1)
        func perSecond(_ count: UInt64) -> UInt64 {
            UInt64(min(Double(count) * 1e9 / Double(elapsed), Double(UInt64.max / 2)))
        }
        let rate = perSecond(records &+ (lost &- min(lastLost, lost)))
        let growth = cost.growth(since: lastCost)
        let spent = CallCost(
            recorded: perSecond(growth.recorded), summed: perSecond(growth.summed), target: perSecond(growth.target))
        let wasWatching = isWatching
        let counted = counts
        (records, lastLost, lastCost, lastTick) = (0, lost, cost, now)
        counts.removeAll(keepingCapacity: true)
        isWatching = rate > limits.callsPerSecond / 2 || isDear(spent, margin: 0.5)
        let isForCalls = rate > limits.callsPerSecond
        let isForCost = isDear(spent, margin: 1)
        guard wasWatching, isForCalls || isForCost else { return nil }
        // Down to half the limit, so that a little more load does not need the next choice at once.
        var least = isForCalls ? limits.callsPerSecond / 2 : rate
        // Sums cost, too, and cannot be had for less: only what records take can be brought down.
        if isForCost, spent.recorded > 0 {
            let allowed = Double(spent.target) * limits.costShare / 2
            least = min(least, UInt64(Double(rate) * min(allowed / Double(spent.recorded), 1)))
        }
        let inodes = busiest(counted, rate: rate, least: least)
        if inodes.isEmpty { return nil }
        return Choice(
            callsPerSecond: rate, cost: spent, isForCalls: isForCalls, isForCost: isForCost, inodes: inodes)
    }

    private func isDear(_ spent: CallCost, margin: Double) -> Bool {
        Double(spent.total) > Double(spent.target) * limits.costShare * margin
            && Double(spent.total) >= 1e9 * Self.leastCost * margin
            && spent.target > 0
    }

    /// The sockets without which at most `least` calls a second are left to be recorded.
    private func busiest(_ counted: [UInt64: UInt64], rate: UInt64, least: UInt64) -> [UInt64] {
        var remaining = rate
        var chosen: [UInt64] = []
        let known = counted.values.reduce(0, &+)
        for (inode, count) in counted.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            if remaining <= least { break }
            // What was lost is believed to be spread like what was not.
            let share = Double(count) / Double(max(known, 1)) * Double(rate)
            remaining -= min(remaining, UInt64(share))
            if inode != 0 { chosen.append(inode) }
        }
        return chosen
    }
}
