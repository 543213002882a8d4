// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Who waited for whom, of one pool: for each holding call site its share of the pool so far, as a clock that a wait reads
/// when it begins and when it ends.
struct BlameLedger {
    /// Call sites that hold and are told apart; all others are column 0.
    static let columnLimit = 33
    static let pairLimit = 4096

    struct Pair {
        /// The call site's number; -1: not known.
        var waiter: Int32
        var holder: Int32
        /// Nanoseconds.
        var time: Double
    }

    /// By call site; 0: it has none of its own.
    private var columns: [Int] = []
    /// The call site of each column.
    private var sites: [Int32] = [-1]
    private var leases: [UInt64] = [0]
    /// A bit for each column that has leases.
    private var holding: UInt64 = 0
    private var open: UInt64 = 0
    /// Nanoseconds, each divided among the leases that were open.
    private var held: [Double] = [0]
    private var advancedTo: UInt64 = 0
    /// A row of `columnLimit` for each waiting call site, from -1; 0: they never met.
    private var times: [Double] = []
    private var pairCount = 0
    /// Waits for call sites whose pair with the waiter's is beyond the limit.
    private(set) var unlisted: UInt64 = 0

    mutating func beginLease(of site: Int32, at now: UInt64) {
        advance(to: now)
        let column = enter(site)
        leases[column] &+= 1
        holding |= 1 << UInt64(column)
        open &+= 1
    }

    mutating func endLease(of site: Int32, at now: UInt64) {
        advance(to: now)
        let column = self.column(of: site)
        guard leases[column] > 0, open > 0 else { return }
        leases[column] &-= 1
        if leases[column] == 0 { holding &= ~(1 << UInt64(column)) }
        open &-= 1
    }

    /// The clocks, for the begin of a wait.
    mutating func clocks(at now: UInt64) -> [Double] {
        advance(to: now)
        return held
    }

    /// A wait of `waiter` ends. The clocks at its begin are the `count` numbers of `clocks` from `start`.
    mutating func blame(_ waiter: Int32, since clocks: [Double], from start: Int, count: Int, at now: UInt64) {
        advance(to: now)
        let row = (Int(waiter) + 1) * Self.columnLimit
        if times.count < row + Self.columnLimit {
            times.append(contentsOf: repeatElement(0, count: row + Self.columnLimit - times.count))
        }
        for column in held.indices {
            let waited = held[column] - (column < count ? clocks[start + column] : 0)
            guard waited >= 1 else { continue }
            if times[row + column] == 0 {
                if pairCount >= Self.pairLimit {
                    unlisted &+= 1
                    continue
                }
                pairCount += 1
            }
            times[row + column] += waited
        }
    }

    /// Ordered by waiter and holder.
    var pairs: [Pair] {
        let pairs = times.indices.filter { times[$0] > 0 }.map { place in
            Pair(
                waiter: Int32(truncatingIfNeeded: place / Self.columnLimit - 1),
                holder: sites[place % Self.columnLimit], time: times[place])
        }
        return pairs.sorted { ($0.waiter, $0.holder) < ($1.waiter, $1.holder) }
    }

    private func column(of site: Int32) -> Int { site >= 0 && Int(site) < columns.count ? columns[Int(site)] : 0 }

    private mutating func enter(_ site: Int32) -> Int {
        let known = column(of: site)
        if site < 0 || known > 0 || sites.count >= Self.columnLimit { return known }
        if Int(site) >= columns.count {
            columns.append(contentsOf: repeatElement(0, count: Int(site) + 1 - columns.count))
        }
        columns[Int(site)] = sites.count
        sites.append(site)
        leases.append(0)
        held.append(0)
        return sites.count - 1
    }

    private mutating func advance(to now: UInt64) {
        guard now > advancedTo else { return }
        let time = Double(now - advancedTo)
        advancedTo = now
        var rest = holding
        while rest != 0 {
            let column = rest.trailingZeroBitCount
            held[column] += time * Double(leases[column]) / Double(open)
            rest &= rest &- 1
        }
    }
}
