// SPDX-License-Identifier: Apache-2.0

/// From the last send of a request to the first data of its answer.
struct ResponseTrip {
    var time: UInt64
    var requestBytes: UInt64
    /// A segment of the socket was sent again meanwhile: the request, as a rule.
    var isResent: Bool
    /// Its lease had waited for the pool before.
    var hasWaited = false
    /// Half of the time or more the answer was there, and this process did not read it.
    var isLeftUnread = false
    var request: EventMark
    var answer: EventMark
}
