// SPDX-License-Identifier: Apache-2.0

/// The uneven gaps of a stream, summed.
struct JitteryGaps {
    private(set) var count: UInt64 = 0
    private(set) var worstJitter = 0.0
    private(set) var worstDeviation = 0.0
    private(set) var first: EventMark?
    private(set) var last: EventMark?
    /// The receive at which the deviation was the largest.
    private(set) var worst: EventMark?

    mutating func add(_ mark: EventMark, jitter: Double, deviation: Double) {
        count &+= 1
        worstJitter = max(worstJitter, jitter)
        if deviation > worstDeviation {
            worstDeviation = deviation
            worst = mark
        }
        first = first ?? mark
        last = mark
    }

    func joined(with later: JitteryGaps) -> JitteryGaps {
        var sum = later.worstDeviation > worstDeviation ? later : self
        sum.count = count &+ later.count
        sum.worstJitter = max(worstJitter, later.worstJitter)
        sum.first = first
        sum.last = later.last
        return sum
    }
}
