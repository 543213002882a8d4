// SPDX-License-Identifier: Apache-2.0

/// The most connections of a pool that were out since any earlier moment: only falling levels are kept, so that there are
/// at most as many as connections.
struct OccupancyPeaks {
    private struct Step {
        /// The number of the first change since which the level was the highest.
        var since: UInt64
        var level: UInt64
    }

    private var steps: [Step] = []
    private var changes: UInt64 = 0

    /// Names the present level, for `most(since:)`.
    var now: UInt64 { changes }

    mutating func change(to level: UInt64) {
        changes &+= 1
        var since = changes
        var kept = steps.count
        while kept > 0, steps[kept &- 1].level <= level {
            kept &-= 1
            since = steps[kept].since
        }
        let step = Step(since: since, level: level)
        if kept == steps.count { return steps.append(step) }
        steps[kept] = step
        if kept &+ 1 < steps.count { steps.removeSubrange((kept &+ 1)...) }
    }

    /// The highest level since the moment that `now` named.
    func most(since moment: UInt64) -> UInt64 {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].since <= moment { low = middle + 1 } else { high = middle }
        }
        // Before the first change nothing was out.
        return low > 0 ? steps[low - 1].level : steps.first?.level ?? 0
    }
}
