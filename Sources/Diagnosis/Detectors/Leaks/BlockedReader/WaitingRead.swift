// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A read that found nothing, and after which nothing has been received. Whether it still waits is not known for certain:
/// a read that was given up makes no record.
public struct WaitingRead: Sendable {
    public var socket: SocketSummary
    /// The record of the read.
    public var event: EventReference
    /// `nil`: not known.
    public var deadline: ReadDeadline?
    /// A pool has leased the connection.
    public var isLeased: Bool

    public init(socket: SocketSummary, event: EventReference, deadline: ReadDeadline?, isLeased: Bool) {
        self.socket = socket
        self.event = event
        self.deadline = deadline
        self.isLeased = isLeased
    }
}
