// SPDX-License-Identifier: Apache-2.0

/// The request that is out on a socket: sent, and no data received since.
struct RequestState {
    /// The peer's number in the ledger of stalls.
    var peer = Self.unknown
    /// The return of its last send; 0: none is out.
    var sentAt: UInt64 = 0
    var ordinal: UInt64 = 0
    /// Over all of its sends: requests of one kind are of one size.
    var bytes: UInt32 = 0
    /// A census found nothing that waits for an acknowledgement.
    var isAcknowledged = false
    /// A census found nothing to read.
    var isSeenUnanswered = false
    /// The silence of the peer that it waited through; 0: none.
    var silence: UInt32 = 0

    mutating func send(_ io: SocketIO) {
        bytes = (sentAt == 0 ? 0 : bytes) &+ UInt32(truncatingIfNeeded: io.bytes)
        sentAt = io.mark.timestamp
        ordinal = io.mark.ordinal
        isAcknowledged = false
        isSeenUnanswered = false
        silence = 0
    }

    static let unknown: Int32 = -1
    /// A peer that is not looked at: it is the one that asks, or there are too many.
    static let ignored: Int32 = -2
}
