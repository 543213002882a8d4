// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Requests and answers between UDP sockets that have no other peer and one peer.
public struct DatagramExchanges: Sendable {
    public var endpoint: Endpoint
    public var answered: UInt64 = 0
    /// Those that nothing came after before the same was sent again, or the socket was closed.
    public var unanswered: UInt64 = 0
    /// Of them, those that were sent again.
    public var repeated: UInt64 = 0
    /// From a request to what came next.
    public var answerTimes = DurationStatistics()
    /// How long the unanswered ones were waited for.
    public var waits = DurationStatistics()
    /// Of the window of 30 s in which most went unanswered; zero: in none there were enough requests.
    public var windowRequests: UInt64 = 0
    public var windowUnanswered: UInt64 = 0
    /// The records that ended the first and the last wait: the next send, or the close.
    public var first: EventReference?
    public var last: EventReference?
    /// Of the last one.
    public var descriptor: Int32?
    public var stack: CallStack?

    public init(endpoint: Endpoint) { self.endpoint = endpoint }
}
