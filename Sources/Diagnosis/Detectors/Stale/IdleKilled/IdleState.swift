// SPDX-License-Identifier: Apache-2.0

/// What a socket's silences have led to so far.
struct IdleState {
    /// How long the socket was silent before the request that is out; 0: not long, or answered.
    var idleBefore: UInt64 = 0
    /// The connection is dead; whether a request has met that, or only a farewell, is not known yet.
    var unmet: EventMark?
    /// Its end is booked.
    var isBooked = false

    /// Nothing has come of any.
    var isInitial: Bool { idleBefore == 0 && !isBooked && unmet == nil }
}
