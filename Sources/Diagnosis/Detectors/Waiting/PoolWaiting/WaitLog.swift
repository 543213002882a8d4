// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The longer waits of a pool, in bounded memory: when it is full, the floor rises to the median and the
/// shorter half is dropped.
struct WaitLog {
    static let capacity = 8192
    private(set) var waits: [LoggedWait] = []
    private(set) var floor: UInt64
    /// Waits that were dropped.
    private(set) var unlisted: UInt64 = 0
    private var foldedPeak: UInt64 = 0

    init(floor: UInt64) { self.floor = floor }

    /// - Parameter capacity: of a pool that has less room than others.
    mutating func add(_ wait: LoggedWait, capacity: Int = WaitLog.capacity) {
        if wait.length < floor {
            unlisted &+= 1
            return
        }
        waits.append(wait)
        if waits.count <= capacity { return }
        let before = waits.count
        defer { unlisted &+= UInt64(before - waits.count) }
        foldedPeak = max(foldedPeak, Self.peakOverlap(of: waits))
        let median = waits.map(\.length).sorted()[capacity / 2]
        floor = max(floor, median)
        waits.removeAll { $0.length < floor }
        // Where most are equally long, the floor drops none of them: then the older ones go.
        if waits.count > capacity { waits.removeFirst(capacity / 2) }
    }

    /// The most of the kept waits, and of `pending`, at one time.
    func peakQueue(with pending: [LoggedWait]) -> UInt64 {
        max(foldedPeak, Self.peakOverlap(of: waits + pending))
    }

    static func peakOverlap(of waits: [LoggedWait]) -> UInt64 {
        let begins = waits.map(\.begin).sorted()
        let ends = waits.map { max($0.begin, $0.end) }.sorted()
        var peak = 0
        var ended = 0
        for (index, begin) in begins.enumerated() {
            while ended < ends.count, ends[ended] <= begin { ended += 1 }
            peak = max(peak, index + 1 - ended)
        }
        return UInt64(max(0, peak))
    }
}
