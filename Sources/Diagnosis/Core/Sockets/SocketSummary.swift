// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// One socket of the target at the end of the trace, or as it was when it closed.
public struct SocketSummary: Sendable {
    public var id: SocketID
    public var family: UInt16
    public var protocolNumber: UInt16
    public var local: Endpoint?
    public var remote: Endpoint?
    public var isAccepted: Bool
    /// The lowest descriptor that refers to it; `nil`: not known.
    public var descriptor: Int32?
    /// TCP state as in include/net/tcp_states.h; 0: not known.
    public var state: UInt16
    public var receivedBytes: UInt64
    public var sentBytes: UInt64
    /// The last receive or send that moved data or would have blocked; `nil`: none in the trace.
    public var lastActivity: EventReference?
    /// The latest moment of I/O that a census reported (`tcpi_last_data_recv`, `tcpi_last_data_sent`).
    public var lastActivityByCensus: MonotonicInstant?
    /// Unread bytes at the last census; `nil`: no census saw it.
    public var receiveQueueBytes: UInt32?
    public var sendQueueBytes: UInt32?
    /// The stack of socket(2); `nil`: accepted, or born before the probes.
    public var openStack: CallStack?
    public var closedAt: MonotonicInstant?
    /// Of its reads; `nil`: not known.
    public var readDeadline: ReadDeadline?
    /// `nil`: no census found the peer's window closed.
    public var closedWindows: ClosedWindows?

    public init(
        id: SocketID, family: UInt16, protocolNumber: UInt16, local: Endpoint? = nil, remote: Endpoint? = nil,
        isAccepted: Bool = false, descriptor: Int32? = nil, state: UInt16 = 0, receivedBytes: UInt64 = 0,
        sentBytes: UInt64 = 0, lastActivity: EventReference? = nil, lastActivityByCensus: MonotonicInstant? = nil,
        receiveQueueBytes: UInt32? = nil, sendQueueBytes: UInt32? = nil, openStack: CallStack? = nil,
        closedAt: MonotonicInstant? = nil
    ) {
        self.id = id
        self.family = family
        self.protocolNumber = protocolNumber
        self.local = local
        self.remote = remote
        self.isAccepted = isAccepted
        self.descriptor = descriptor
        self.state = state
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
        self.lastActivity = lastActivity
        self.lastActivityByCensus = lastActivityByCensus
        self.receiveQueueBytes = receiveQueueBytes
        self.sendQueueBytes = sendQueueBytes
        self.openStack = openStack
        self.closedAt = closedAt
    }

    /// The server or pool peer: the remote end, or for an accepted socket the local one.
    public var endpoint: Endpoint? { isAccepted ? local : remote }
}
