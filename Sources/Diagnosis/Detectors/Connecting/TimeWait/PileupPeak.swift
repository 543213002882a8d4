// SPDX-License-Identifier: Apache-2.0

/// The moment at which the most sockets were piled up.
struct PileupPeak {
    private(set) var count: UInt64 = 0
    private(set) var open: UInt64 = 0
    private(set) var first: EventMark?
    private(set) var peak: EventMark?
    private var isLatest = false

    mutating func note(_ count: UInt64, open: UInt64, at mark: EventMark) {
        first = first ?? mark
        isLatest = count > self.count
        guard isLatest else { return }
        self.count = count
        self.open = open
        peak = mark
    }

    /// The latest was none.
    mutating func takeBack() {
        if isLatest, count > 0 { count -= 1 }
        isLatest = false
    }
}
