// SPDX-License-Identifier: Apache-2.0

/// From the last send of a request to the first data of its answer, as far as is known when that came.
struct ResponseTrip {
    var time: UInt64
    var requestBytes: UInt64
    /// A segment of the socket was sent again meanwhile: the request, as a rule.
    var isResent: Bool
    /// Its lease had waited for the pool before.
    var hasWaited = false
    /// The answer was there for long before this process read it, which is not part of the time.
    var isLeftUnread = false
    var request: EventMark
    var answer: EventMark
}
