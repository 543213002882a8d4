// SPDX-License-Identifier: Apache-2.0

/// Counts events by whole second of the clock and keeps the highest count.
struct RateMeter {
    private var second: UInt64 = 0
    private var current: UInt64 = 0
    private(set) var peak: UInt64 = 0

    mutating func mark(_ nanoseconds: UInt64) {
        let now = nanoseconds / 1_000_000_000
        if now != second {
            second = now
            current = 0
        }
        current &+= 1
        peak = max(peak, current)
    }
}
