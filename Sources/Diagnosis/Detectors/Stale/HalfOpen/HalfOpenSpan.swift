// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A time in which TCP sent the same data of a socket again and again, and the peer did not answer.
public struct HalfOpenSpan: Sendable {
    public var socket: SocketSummary
    /// The first and the last segment that was sent again.
    public var first: EventReference
    public var last: EventReference
    /// Timer expiries without an acknowledgement.
    public var timeouts: UInt64
    /// The retransmission timeout at the last one.
    public var timeout: Duration
    public var unacknowledgedBytes: UInt64
    /// When the socket was closed; `nil`: open at the end of the trace.
    public var endedAt: MonotonicInstant?
    public var isLeased: Bool
    /// Of this one socket.
    public var keepalive = KeepaliveUse()

    public init(
        socket: SocketSummary, first: EventReference, last: EventReference, timeouts: UInt64, timeout: Duration,
        unacknowledgedBytes: UInt64, endedAt: MonotonicInstant?, isLeased: Bool
    ) {
        self.socket = socket
        self.first = first
        self.last = last
        self.timeouts = timeouts
        self.timeout = timeout
        self.unacknowledgedBytes = unacknowledgedBytes
        self.endedAt = endedAt
        self.isLeased = isLeased
    }
}
