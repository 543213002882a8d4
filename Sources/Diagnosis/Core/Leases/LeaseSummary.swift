// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A lease, ended or open.
public struct LeaseSummary: Sendable {
    public var id: LeaseID
    public var pool: PoolID
    public var holder: Holder
    public var condition: HolderCondition
    /// The request; `nil`: it was before the trace.
    public var requested: EventReference?
    /// The record that started the lease.
    public var acquired: EventReference
    /// `nil`: open when the trace ended.
    public var ending: LeaseEnding?
    public var connection = ConnectionUse()
    /// From the request to the lease; `nil`: the request was before the trace.
    public var wait: Duration?
    public var stack: CallStack?
    public var join: JoinMethod
    /// The descriptor that the walk found, where no socket is known.
    public var walkedDescriptor: Int32?
    /// The holder used another socket than the one the walk found, and not that one.
    public var isWitnessContrary: Bool
    public var socket: SocketSummary?
    /// The last I/O on the lease's socket after the acquire; `nil`: none was traced.
    public var lastActivity: EventReference?
    /// Someone else than the holder used the socket last: the connection was handed over.
    public var isHandedOver: Bool
    /// A request was sent, or the holder sits in a read, and no data has come since; `nil`: nothing is outstanding.
    public var awaitingAnswerSince: MonotonicInstant?
    public var receivedBytes: UInt64
    public var sentBytes: UInt64
    /// The time in which the socket was in use: see docs/rules/waiting/idle-hold.md.
    public var socketTime: Duration
    /// Wait and hold by part, so far; `nil`: it ended at an unknown time.
    public var time: LeaseTime?
    /// How long others waited for the pool while this lease was open.
    public var othersWaited: Duration

    public init(
        id: LeaseID, pool: PoolID, holder: Holder, condition: HolderCondition = .init(state: .unknown),
        acquired: EventReference, wait: Duration? = nil, stack: CallStack? = nil, join: JoinMethod = .none,
        walkedDescriptor: Int32? = nil, isWitnessContrary: Bool = false, socket: SocketSummary? = nil,
        lastActivity: EventReference? = nil, isHandedOver: Bool = false,
        awaitingAnswerSince: MonotonicInstant? = nil, receivedBytes: UInt64 = 0, sentBytes: UInt64 = 0,
        socketTime: Duration = .zero, othersWaited: Duration = .zero
    ) {
        self.id = id
        self.pool = pool
        self.holder = holder
        self.condition = condition
        self.acquired = acquired
        self.wait = wait
        self.stack = stack
        self.join = join
        self.walkedDescriptor = walkedDescriptor
        self.isWitnessContrary = isWitnessContrary
        self.socket = socket
        self.lastActivity = lastActivity
        self.isHandedOver = isHandedOver
        self.awaitingAnswerSince = awaitingAnswerSince
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
        self.socketTime = socketTime
        self.othersWaited = othersWaited
    }

    /// From the acquire to the end of the lease, or to `end` while it is open; `nil`: it ended at an unknown time.
    public func hold(until end: MonotonicInstant) -> Duration? {
        switch ending {
        case nil: max(.zero, end - acquired.timestamp)
        case let ending?: ending.event.map { max(.zero, $0.timestamp - acquired.timestamp) }
        }
    }

    public var descriptor: Int32? { socket?.descriptor ?? walkedDescriptor }
}
