// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What the target asked one name server, by wire.
public struct NameServerSummary: Sendable {
    /// `nil`: the address is not known.
    public var server: Endpoint?
    /// Messages with a question, each try counted.
    public var queries: UInt64 = 0
    /// Of these, those that were asked again, closed or left for 5 s without an answer.
    public var unanswered: UInt64 = 0
    /// Answers that there is no such name (RCODE 3): often from a search list that is tried first.
    public var absent: UInt64 = 0
    /// Answers with any other error, such as that the server failed (RCODE 2).
    public var failures: UInt64 = 0
    /// Answers that did not fit into a datagram and have to be asked for again over TCP.
    public var truncated: UInt64 = 0
    /// From the query to its answer.
    public var latency = DurationStatistics()
    /// The names that were asked for most, at most ten.
    public var names: [NameQuerySummary] = []
    public var firstUnanswered: EventReference?

    public init(server: Endpoint?) {
        self.server = server
    }
}
