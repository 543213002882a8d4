// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Durations counted in buckets that are 1/32 of their value wide: percentiles of any number of values.
///
/// What a trace has thousands of is not in the processor's caches when its next value comes. So values are noted where the
/// histogram itself is, and counted 32 at a time: the buckets, which lie scattered, are then waited for together. Memory
/// of the buckets is 64 bytes, and 128 for each power of two that values fall into.
struct LogHistogram {
    /// Powers of two that are told apart; the first stands for all values below 32.
    private static let octaves = 60
    private static let octaveBuckets = 32
    /// Of the words of `words`: a byte for each octave.
    private static let indexWords = 16

    private(set) var count: UInt64 = 0
    private var total: UInt64 = 0
    private var longest: UInt64 = 0
    /// Empty until values are counted. First the index: which group of buckets an octave has, counted from 1, or 0. Then the
    /// groups, in the order in which their octaves were first met. A bucket that is full counts no further.
    private var words: [UInt32] = []
    /// Values that are noted and not yet counted: the octave, 32 times, and the bucket.
    private var noted = SIMD32<UInt16>()
    private var notedCount = 0

    mutating func add(_ nanoseconds: UInt64) {
        // why: not by subscript, which rewrites the whole vector.
        withUnsafeMutableBytes(of: &noted) {
            $0.storeBytes(of: Self.place(of: nanoseconds), toByteOffset: notedCount &* 2, as: UInt16.self)
        }
        notedCount &+= 1
        count &+= 1
        let (sum, overflow) = total.addingReportingOverflow(nanoseconds)
        total = overflow ? .max : sum
        longest = max(longest, nanoseconds)
        if notedCount == SIMD32<UInt16>.scalarCount { countNoted() }
    }

    mutating func add(_ other: LogHistogram) {
        if other.count == 0 { return }
        var other = other
        other.countNoted()
        for octave in 0..<Self.octaves {
            guard let from = other.start(of: octave) else { continue }
            let to = start(of: octave) ?? addGroup(of: octave)
            for bucket in 0..<Self.octaveBuckets {
                let (sum, overflow) = words[to + bucket].addingReportingOverflow(other.words[from + bucket])
                words[to + bucket] = overflow ? .max : sum
            }
        }
        count &+= other.count
        let (sum, overflow) = total.addingReportingOverflow(other.total)
        total = overflow ? .max : sum
        longest = max(longest, other.longest)
    }

    private mutating func countNoted() {
        let (values, valueCount) = (noted, notedCount)
        notedCount = 0
        var next = 0
        // Nearly always one round: the buckets are there.
        while next < valueCount {
            let octave = Int(values[next]) / Self.octaveBuckets
            if start(of: octave) == nil { _ = addGroup(of: octave) }
            withUnsafeBytes(of: values) { values in
                words.withUnsafeMutableBufferPointer { words in
                    next = Self.count(values.bindMemory(to: UInt16.self)[next..<valueCount], in: words)
                }
            }
        }
    }

    /// Counts values by their places. Returns the index of the first whose octave has no buckets, or the end.
    private static func count(
        _ places: Slice<UnsafeBufferPointer<UInt16>>, in words: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        var index = places.startIndex
        while index < places.endIndex {
            let place = Int(places.base[index])
            let octave = place &>> 5
            let group = Int(words[octave &>> 2] &>> UInt32(truncatingIfNeeded: 8 &* (octave & 3)) & 0xFF)
            if group == 0 { return index }
            let word = indexWords &+ (group &- 1) &* octaveBuckets &+ place & 31
            let count = words[word]
            words[word] = count &+ (count < .max ? 1 : 0)
            index &+= 1
        }
        return index
    }

    /// Where the octave's buckets are in `words`; `nil`: nowhere yet.
    @inline(__always)
    private func start(of octave: Int) -> Int? {
        if words.isEmpty { return nil }
        let group = Int(words[octave &>> 2] &>> UInt32(truncatingIfNeeded: 8 &* (octave & 3)) & 0xFF)
        return group == 0 ? nil : Self.indexWords &+ (group &- 1) &* Self.octaveBuckets
    }

    private mutating func addGroup(of octave: Int) -> Int {
        if words.isEmpty { words = [UInt32](repeating: 0, count: Self.indexWords) }
        let start = words.count
        let group = UInt32((start - Self.indexWords) / Self.octaveBuckets + 1)
        words[octave / 4] |= group << UInt32(8 * (octave % 4))
        words.append(contentsOf: repeatElement(0, count: Self.octaveBuckets))
        return start
    }

    var statistics: DurationStatistics {
        var counted = self
        counted.countNoted()
        return DurationStatistics(
            count: count, p50: .nanoseconds(clamping: counted.percentile(50)),
            p99: .nanoseconds(clamping: counted.percentile(99)), longest: .nanoseconds(clamping: longest),
            total: .nanoseconds(clamping: total))
    }

    /// The upper edge of the bucket that holds the value of rank `count` x `percent` / 100, rounded up.
    private func percentile(_ percent: UInt64) -> UInt64 {
        if count == 0 { return 0 }
        let rank = (count.multipliedReportingOverflow(by: percent).partialValue &+ 99) / 100
        var seen: UInt64 = 0
        for octave in 0..<Self.octaves {
            guard let start = start(of: octave) else { continue }
            for bucket in 0..<Self.octaveBuckets {
                seen &+= UInt64(words[start + bucket])
                if seen >= rank { return min(Self.upperEdge(of: octave, bucket), longest) }
            }
        }
        return longest
    }

    /// Values below 32 have a bucket each; above, the five bits after the leading one choose among 32 per power of two.
    @inline(__always)
    private static func place(of value: UInt64) -> UInt16 {
        if value < 32 { return UInt16(truncatingIfNeeded: value) }
        let exponent = 63 &- value.leadingZeroBitCount
        return UInt16(truncatingIfNeeded: exponent &- 4) &* 32 | UInt16(
            truncatingIfNeeded: value &>> UInt64(exponent &- 5)) & 31
    }

    private static func upperEdge(of octave: Int, _ bucket: Int) -> UInt64 {
        if octave == 0 { return UInt64(bucket) }
        let shift = UInt64(octave - 1)
        return (UInt64(octaveBuckets + bucket) << shift) | ((1 << shift) &- 1)
    }
}

extension Duration {
    static func nanoseconds(clamping value: UInt64) -> Duration { .nanoseconds(Int64(clamping: value)) }
}
