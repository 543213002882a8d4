// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Connections to one endpoint that this side closed while the answer to its request was there or under way.
public struct LateAnswers: Sendable {
    public var endpoint: Endpoint
    /// Closed with the answer unread in the queue.
    public var unread: UInt64 = 0
    /// Closed, and the answer came within `premature-timeout.late`.
    public var late: UInt64 = 0
    /// Of these, so soon after the close that the close may have caused them.
    public var prompt: UInt64 = 0
    /// From the request to the close: how long this side waited.
    public var shortestWait: Duration = .zero
    public var longestWait: Duration = .zero
    /// From the close to the answer.
    public var latest: Duration = .zero
    public var first: EventReference?
    public var last: EventReference?
    /// Of the last one.
    public var descriptor: Int32?
    public var stack: CallStack?

    public init(endpoint: Endpoint) { self.endpoint = endpoint }

    public var count: UInt64 { unread.addingSaturated(late) }
}
