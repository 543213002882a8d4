// SPDX-License-Identifier: Apache-2.0

/// The receives from one endpoint that were late, so far.
struct BacklogState {
    private(set) var receives: UInt64 = 0
    private(set) var leased: UInt64 = 0
    /// Those before which the reader was blocked in sends.
    private(set) var sending: UInt64 = 0
    private(set) var dwells = LogHistogram()
    /// Bytes that were left in the socket after one of them.
    private(set) var mostQueued: UInt32 = 0
    /// Of the longest one: pool and acquiring call site, where it was leased.
    private(set) var pool: Int32 = -1
    private(set) var site: Int32 = -1
    let first: EventMark
    private(set) var last: EventMark
    private(set) var longest: EventMark
    private(set) var longestDwell: UInt64 = 0

    init(first: EventMark) {
        self.first = first
        last = first
        longest = first
    }

    mutating func add(
        _ dwell: UInt64, queued: UInt32, isSending: Bool, site: (pool: Int32, site: Int32), at mark: EventMark
    ) {
        receives &+= 1
        last = mark
        dwells.add(dwell)
        mostQueued = max(mostQueued, queued)
        if site.pool >= 0 { leased &+= 1 }
        if isSending { sending &+= 1 }
        if dwell <= longestDwell { return }
        longestDwell = dwell
        longest = mark
        (pool, self.site) = site
    }
}
