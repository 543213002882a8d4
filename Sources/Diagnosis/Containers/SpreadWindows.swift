// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// When things happened, in at most 32 windows of equal width: as time goes on, two become one.
struct SpreadWindows {
    static let limit = 32
    /// Levels of lateness that are told apart.
    static let levels = 16

    private(set) var startedAt: UInt64 = 0
    private(set) var width: UInt64 = 1 << 26
    private(set) var last = 0
    private var all: [UInt32] = []
    /// By window, then by level. Empty until something is late.
    private var late: [UInt32] = []

    /// - Parameter level: below 0: it is not late.
    mutating func add(at now: UInt64, level: Int) {
        if all.isEmpty {
            startedAt = now
            all = [UInt32](repeating: 0, count: Self.limit)
        }
        var place = now > startedAt ? (now - startedAt) / width : 0
        while place >= UInt64(Self.limit) {
            fold()
            place = (now - startedAt) / width
        }
        let window = Int(place)
        last = max(last, window)
        all[window] &+= 1
        if level < 0 { return }
        if late.isEmpty { late = [UInt32](repeating: 0, count: Self.limit * Self.levels) }
        late[window * Self.levels + min(level, Self.levels - 1)] &+= 1
    }

    private mutating func fold() {
        width &<<= 1
        last /= 2
        for window in 0..<Self.limit {
            let isKept = window < Self.limit / 2
            all[window] = isKept ? all[window * 2] &+ all[window * 2 + 1] : 0
            if late.isEmpty { continue }
            for level in 0..<Self.levels {
                late[window * Self.levels + level] =
                    isKept
                    ? late[window * 2 * Self.levels + level] &+ late[(window * 2 + 1) * Self.levels + level] : 0
            }
        }
    }

    /// Windows in which something happened.
    var busy: Int { all.count { $0 > 0 } }

    /// What was late at `level` or above, window by window, up to the last in which anything happened.
    func late(from level: Int) -> [UInt64] {
        if late.isEmpty { return [UInt64](repeating: 0, count: last + 1) }
        return (0...last).map { window in
            (level..<Self.levels).reduce(0) { $0 + UInt64(late[window * Self.levels + $1]) }
        }
    }

    /// The shortest run of windows that holds nine tenths of `counts`; empty when there are none.
    static func core(of counts: [UInt64]) -> Range<Int> {
        let total = counts.reduce(0, &+)
        if total == 0 { return 0..<0 }
        let wanted = total - total / 10
        var best = 0..<counts.count
        var (start, sum) = (0, UInt64(0))
        for end in counts.indices {
            sum &+= counts[end]
            while sum - counts[start] >= wanted {
                sum -= counts[start]
                start += 1
            }
            if sum >= wanted, end + 1 - start < best.count { best = start..<end + 1 }
        }
        return best
    }
}
