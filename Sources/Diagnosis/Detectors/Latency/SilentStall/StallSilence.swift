// SPDX-License-Identifier: Apache-2.0

/// A time in which a peer answered nobody, although several had asked.
struct StallSilence {
    /// From 1, by peer.
    var number: UInt32 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    /// Those who waited: their requests were out for long at the end, or had been given up.
    var waiting: UInt64 = 0
    /// Of them, those who got their answer when the silence ended, or had given up.
    var ended: UInt64 = 0
    var acknowledged: UInt64 = 0
    var leased: UInt64 = 0
    /// A census fell into it and found that a request had no answer.
    var isSeen = false
    var size: UInt32 = 0
    var hasOtherSizes = false
    /// The request that had waited for longest.
    var first: EventMark
    /// The first answer; while the silence lasts, that request again.
    var last: EventMark

    init(first: EventMark) {
        self.first = first
        last = first
    }

    var length: UInt64 { end - min(start, end) }
    /// An answer that comes later than this did not come with the first.
    var grace: UInt64 { end &+ max(100_000_000, length / 10) }

    mutating func add(_ request: RequestState, acknowledged isAcknowledged: Bool, isLeased: Bool) {
        if waiting == 0 { size = request.bytes } else if size != request.bytes { hasOtherSizes = true }
        waiting &+= 1
        if isAcknowledged { acknowledged &+= 1 }
        if isLeased { leased &+= 1 }
        if request.sentAt < first.timestamp {
            first.timestamp = request.sentAt
            first.ordinal = request.ordinal
        }
    }
}
