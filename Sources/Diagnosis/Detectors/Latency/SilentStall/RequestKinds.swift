// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long requests of one size to one peer take, for the sizes that are most in use.
struct RequestKinds {
    private static let limit = 32
    /// Bucket `n` holds times below 2^n ns; the last one all from 9 minutes on.
    private static let width = 40
    private var sizes: [UInt32] = []
    private var counts: [UInt32] = []
    private var buckets: [UInt32] = []
    /// Where the last size went for which another had to go.
    private var rarest = 0

    mutating func add(_ size: UInt32, took time: UInt64) {
        let kind = place(of: size) ?? enter(size)
        counts[kind] &+= 1
        buckets[kind * Self.width + min(Self.width - 1, 64 - time.leadingZeroBitCount)] &+= 1
    }

    private func place(of size: UInt32) -> Int? {
        sizes.withUnsafeBufferPointer { sizes in
            var place = 0
            while place < sizes.count {
                if sizes[place] == size { return place }
                place &+= 1
            }
            return nil
        }
    }

    /// Where there is no room for another size, the rarest goes.
    private mutating func enter(_ size: UInt32) -> Int {
        if sizes.isEmpty { buckets.reserveCapacity(Self.limit * Self.width) }
        if sizes.count < Self.limit {
            sizes.append(size)
            counts.append(0)
            buckets.append(contentsOf: repeatElement(0, count: Self.width))
            return sizes.count - 1
        }
        // One request is as few as there can be.
        if counts[rarest] > 1 {
            for place in counts.indices where counts[place] < counts[rarest] { rarest = place }
        }
        sizes[rarest] = size
        counts[rarest] = 0
        for bucket in rarest * Self.width..<(rarest + 1) * Self.width { buckets[bucket] = 0 }
        return rarest
    }

    /// A time that nine of ten requests of the size did not exceed, at most twice too long; `nil`: fewer than `least` of
    /// them are known.
    func p90(of size: UInt32, atLeast least: UInt32) -> UInt64? {
        guard let kind = place(of: size), counts[kind] >= least else { return nil }
        let rank = (UInt64(counts[kind]) * 9 + 9) / 10
        var seen: UInt64 = 0
        for bucket in 0..<Self.width {
            seen += UInt64(buckets[kind * Self.width + bucket])
            if seen >= rank { return 1 << UInt64(bucket) }
        }
        return nil
    }
}
