// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Durations counted in buckets that are 1/32 of their value wide: percentiles of any number of values in 8 KiB.
struct LogHistogram {
    /// Empty until the first value. A bucket that is full counts no further.
    private var buckets: [UInt32] = []
    private(set) var count: UInt64 = 0
    private var total: UInt64 = 0
    private var longest: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64) {
        if buckets.isEmpty { buckets = [UInt32](repeating: 0, count: 60 * 32) }
        let bucket = Self.bucket(of: nanoseconds)
        if buckets[bucket] < .max { buckets[bucket] &+= 1 }
        count &+= 1
        let (sum, overflow) = total.addingReportingOverflow(nanoseconds)
        total = overflow ? .max : sum
        longest = max(longest, nanoseconds)
    }

    mutating func add(_ other: LogHistogram) {
        if other.count == 0 { return }
        if buckets.isEmpty { buckets = [UInt32](repeating: 0, count: 60 * 32) }
        for index in buckets.indices {
            let (sum, overflow) = buckets[index].addingReportingOverflow(other.buckets[index])
            buckets[index] = overflow ? .max : sum
        }
        count &+= other.count
        let (sum, overflow) = total.addingReportingOverflow(other.total)
        total = overflow ? .max : sum
        longest = max(longest, other.longest)
    }

    var statistics: DurationStatistics {
        DurationStatistics(
            count: count, p50: .nanoseconds(clamping: percentile(50)), p99: .nanoseconds(clamping: percentile(99)),
            longest: .nanoseconds(clamping: longest), total: .nanoseconds(clamping: total))
    }

    /// The upper edge of the bucket that holds the value of rank `count` x `percent` / 100, rounded up.
    private func percentile(_ percent: UInt64) -> UInt64 {
        if count == 0 { return 0 }
        let rank = (count.multipliedReportingOverflow(by: percent).partialValue &+ 99) / 100
        var seen: UInt64 = 0
        for (index, number) in buckets.enumerated() where number > 0 {
            seen &+= UInt64(number)
            if seen >= rank { return min(Self.upperEdge(of: index), longest) }
        }
        return longest
    }

    /// Values below 32 have a bucket each; above, the five bits after the leading one choose among 32 per power of two.
    private static func bucket(of value: UInt64) -> Int {
        if value < 32 { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 4) * 32 + Int(value >> UInt64(exponent - 5) & 31)
    }

    private static func upperEdge(of bucket: Int) -> UInt64 {
        if bucket < 32 { return UInt64(bucket) }
        let shift = UInt64(bucket / 32 - 1)
        return (UInt64(32 + bucket % 32) << shift) | ((1 << shift) &- 1)
    }
}

extension Duration {
    static func nanoseconds(clamping value: UInt64) -> Duration { .nanoseconds(Int64(clamping: value)) }
}
