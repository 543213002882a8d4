// SPDX-License-Identifier: Apache-2.0

/// Who waited for whom, of one pool: for each holding call site its share of the pool so far, as a clock that a wait reads
/// when it begins and when it ends.
struct BlameLedger {
    /// Call sites that hold and are told apart; all others are column 0.
    private static let columnLimit = 33
    private static let pairLimit = 4096

    struct Pair: Hashable {
        /// The call site's number; -1: not known.
        var waiter: Int32
        var holder: Int32
    }

    private var columns: [Int32: Int] = [:]
    /// The call site of each column.
    private var sites: [Int32] = [-1]
    private var leases: [UInt64] = [0]
    private var open: UInt64 = 0
    /// Nanoseconds, each divided among the leases that were open.
    private var held: [Double] = [0]
    private var advancedTo: UInt64 = 0
    private(set) var pairs: [Pair: Double] = [:]

    mutating func beginLease(of site: Int32, at now: UInt64) {
        advance(to: now)
        leases[enter(site)] &+= 1
        open &+= 1
    }

    mutating func endLease(of site: Int32, at now: UInt64) {
        advance(to: now)
        let column = columns[site] ?? 0
        guard leases[column] > 0, open > 0 else { return }
        leases[column] &-= 1
        open &-= 1
    }

    /// The clocks at the begin of a wait.
    mutating func clocks(at now: UInt64) -> [Double] {
        advance(to: now)
        return held
    }

    /// A wait of `waiter` ends.
    mutating func blame(_ waiter: Int32, since clocks: [Double], at now: UInt64) {
        advance(to: now)
        for (column, time) in held.enumerated() {
            let waited = time - (column < clocks.count ? clocks[column] : 0)
            let pair = Pair(waiter: waiter, holder: sites[column])
            if waited >= 1, pairs[pair] != nil || pairs.count < Self.pairLimit { pairs[pair, default: 0] += waited }
        }
    }

    private mutating func enter(_ site: Int32) -> Int {
        if site < 0 { return 0 }
        if let known = columns[site] { return known }
        if sites.count >= Self.columnLimit { return 0 }
        columns[site] = sites.count
        sites.append(site)
        leases.append(0)
        held.append(0)
        return sites.count - 1
    }

    private mutating func advance(to now: UInt64) {
        guard now > advancedTo else { return }
        let time = Double(now - advancedTo)
        advancedTo = now
        if open == 0 { return }
        for column in leases.indices where leases[column] > 0 {
            held[column] += time * Double(leases[column]) / Double(open)
        }
    }
}
