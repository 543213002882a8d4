// SPDX-License-Identifier: Apache-2.0

/// What a socket knows of its peer's life, and of how it ended.
struct ConnectionEnd {
    /// When data was received last; 0: not yet.
    var heardAt: UInt64 = 0
    /// When data was sent or received last.
    var spokenAt: UInt64 = 0
    /// The same, before data that nobody had asked for ended a silence, such as a farewell of the peer; 0: none did.
    var spokenBefore: UInt64 = 0
    /// When a few bytes were received that nobody had asked for, if they were the last; 0: they were not.
    var farewellAt: UInt64 = 0
    /// When data was sent or received last before these.
    var spokenBeforeFarewell: UInt64 = 0
    /// The peer has said goodbye, by FIN.
    var isAnnounced = false
    /// The connection is dead; whether a request has met that, or only a farewell, is not known yet.
    var unmet: EventMark?
    /// Its end is booked.
    var isBooked = false
}
