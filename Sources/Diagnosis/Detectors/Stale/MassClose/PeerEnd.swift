// SPDX-License-Identifier: Apache-2.0

/// The end of a connection by its peer: FIN or RST.
struct PeerEnd {
    var mark: EventMark
    /// For how long nothing had been sent or received, in nanoseconds.
    var silence: UInt64
    /// The first request after an idle time met it: the peer, or something between, had forgotten the connection before.
    var isMetAfterIdle: Bool

    var spokenAt: UInt64 { mark.timestamp &- min(mark.timestamp, silence) }
}
