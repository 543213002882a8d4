// SPDX-License-Identifier: Apache-2.0

/// The last five gaps between messages, for their standard deviation.
struct RecentGaps {
    private var gaps = (0.0, 0.0, 0.0, 0.0, 0.0)
    private var count = 0

    mutating func add(_ gap: Double) {
        gaps = (gaps.1, gaps.2, gaps.3, gaps.4, gap)
        count = min(5, count + 1)
    }

    mutating func clear() { count = 0 }

    /// `nil`: there are not five.
    var deviation: Double? {
        guard count == 5 else { return nil }
        let mean = (gaps.0 + gaps.1 + gaps.2 + gaps.3 + gaps.4) / 5
        func square(_ gap: Double) -> Double { (gap - mean) * (gap - mean) }
        let sum = square(gaps.0) + square(gaps.1) + square(gaps.2) + square(gaps.3) + square(gaps.4)
        return (sum / 5).squareRoot()
    }
}
