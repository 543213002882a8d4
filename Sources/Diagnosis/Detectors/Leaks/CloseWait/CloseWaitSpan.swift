// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A socket whose peer has closed and which the target kept for at least `close-wait.age`.
public struct CloseWaitSpan: Sendable {
    public var socket: SocketSummary
    /// The state change, or the census that saw it first.
    public var event: EventReference
    /// `nil`: still in CLOSE_WAIT when the trace ended.
    public var endedAt: MonotonicInstant?
    /// The socket belonged to an open lease when the span ended.
    public var isLeased: Bool
    /// The socket was a lease's at some time.
    public var isPooled: Bool

    public init(
        socket: SocketSummary, event: EventReference, endedAt: MonotonicInstant?, isLeased: Bool, isPooled: Bool
    ) {
        self.socket = socket
        self.event = event
        self.endedAt = endedAt
        self.isLeased = isLeased
        self.isPooled = isPooled
    }
}
