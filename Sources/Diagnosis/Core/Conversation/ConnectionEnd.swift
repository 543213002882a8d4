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

    /// More than the alert has that ends a TLS session (31 bytes).
    private static let farewellSize: UInt64 = 64
    /// Less silence may be a pause within an answer.
    private static let farewellSilence: UInt64 = 50_000_000

    /// Data was sent or received.
    ///
    /// - Parameter isAsked: Something was sent since data was received last.
    /// - Parameter longSilence: What is received after so long, in ns, and was not asked for, ends a silence.
    mutating func note(_ io: SocketIO, isAsked: Bool, longSilence: UInt64) {
        if io.isReceive {
            if !isAsked, io.start &- min(io.start, spokenAt) >= longSilence { spokenBefore = spokenAt }
            noteFarewell(io, isAsked: isAsked)
            heardAt = io.mark.timestamp
        } else {
            spokenBefore = 0
        }
        spokenAt = io.mark.timestamp
    }

    /// Before it is booked: a few bytes that nobody asked for may be a farewell.
    private mutating func noteFarewell(_ io: SocketIO, isAsked: Bool) {
        let now = io.mark.timestamp
        // A peek moves no bytes, and does not tell how many there are.
        let isFarewell =
            !isAsked && (1...Self.farewellSize).contains(io.bytes)
            && now &- min(now, spokenAt) >= Self.farewellSilence
        farewellAt = isFarewell ? now : 0
        if isFarewell { spokenBeforeFarewell = spokenAt }
    }
}
