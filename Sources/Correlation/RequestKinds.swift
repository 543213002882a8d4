// SPDX-License-Identifier: Apache-2.0

/// How long requests of one size to one peer take, for the sizes that are most in use.
struct RequestKinds {
    private static let limit = 32
    /// Bucket `n` holds times below 2^n ns; the last one all from 9 minutes on.
    private static let width = 40
    private struct Kind {
        var size: UInt32
        var count: UInt32 = 0
    }

    private var kinds: [Kind] = []
    private var buckets: [UInt32] = []

    mutating func add(_ size: UInt32, took time: UInt64) {
        let kind = enter(size)
        kinds[kind].count &+= 1
        buckets[kind * Self.width + min(Self.width - 1, 64 - time.leadingZeroBitCount)] &+= 1
    }

    /// Where there is no room for another size, the rarest goes.
    private mutating func enter(_ size: UInt32) -> Int {
        var (rarest, least) = (0, UInt32.max)
        for (place, kind) in kinds.enumerated() {
            if kind.size == size { return place }
            if kind.count < least { (rarest, least) = (place, kind.count) }
        }
        if kinds.isEmpty { buckets.reserveCapacity(Self.limit * Self.width) }
        if kinds.count < Self.limit {
            kinds.append(Kind(size: size))
            buckets.append(contentsOf: repeatElement(0, count: Self.width))
            return kinds.count - 1
        }
        kinds[rarest] = Kind(size: size)
        for bucket in rarest * Self.width..<(rarest + 1) * Self.width { buckets[bucket] = 0 }
        return rarest
    }

    /// A time that nine of ten requests of the size did not exceed, at most twice too long; `nil`: fewer than `least` of
    /// them are known.
    func p90(of size: UInt32, atLeast least: UInt32) -> UInt64? {
        guard let kind = kinds.firstIndex(where: { $0.size == size }), kinds[kind].count >= least else { return nil }
        let rank = (UInt64(kinds[kind].count) * 9 + 9) / 10
        var seen: UInt64 = 0
        for bucket in 0..<Self.width {
            seen += UInt64(buckets[kind * Self.width + bucket])
            if seen >= rank { return 1 << UInt64(bucket) }
        }
        return nil
    }
}
