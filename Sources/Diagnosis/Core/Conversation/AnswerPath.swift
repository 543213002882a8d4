// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What is known of the way between a socket and its peer, when an answer comes. Times in nanoseconds.
struct AnswerPath {
    /// How long it took the peer's kernel to answer a SYN, which no application delays; 0: not known.
    var connect: UInt64 = 0
    /// The least smoothed round trip of the censuses; 0: not known.
    ///
    /// It bounds the way from above only: where a peer acknowledges a request with its answer, as it does as long as it
    /// answers within 40 ms, the time that it takes is in the smoothed round trip (tcp_ack_update_rtt in
    /// net/ipv4/tcp_input.c measures to the acknowledgement).
    var smoothed: UInt64 = 0
    /// When a segment was sent again last; 0: never.
    var resentAt: UInt64 = 0
    /// A Unix socket: there is no way.
    var isLocal = false
    /// TCP: a receive tells how long the data had been there.
    var isArrivalKnown = false

    /// SYNs are sent again after a second: what takes so long is no round trip.
    static let longestConnect: UInt64 = 1_000_000_000

    /// Of the time from a request to its answer, that on the way; `nil`: it cannot be told from the peer's.
    func network(of time: UInt64) -> UInt64? {
        if isLocal { return 0 }
        if connect != 0 { return min(time, smoothed == 0 ? connect : min(connect, smoothed)) }
        // Then a tenth of the time, at most, is told wrongly.
        return smoothed != 0 && smoothed <= time / 10 ? smoothed : nil
    }
}
