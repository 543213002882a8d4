// SPDX-License-Identifier: Apache-2.0

/// The queries for one name to one server.
public struct NameQuerySummary: Sendable {
    /// In lower case; bytes that no host name has are written as `\DDD`.
    public var name: String
    public var queries: UInt64
    public var unanswered: UInt64
    public var absent: UInt64
    public var latency: DurationStatistics

    public init(name: String, queries: UInt64, unanswered: UInt64, absent: UInt64, latency: DurationStatistics) {
        self.name = name
        self.queries = queries
        self.unanswered = unanswered
        self.absent = absent
        self.latency = latency
    }
}
