// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How long TCP connections to one endpoint took to be made: from SYN to the answer.
public struct ConnectTimes: Hashable, Sendable {
    public var endpoint: Endpoint
    /// Connections that were made.
    public var count: UInt64
    /// Of them, those that took at least `slow-connect.tcp`.
    public var slow: UInt64
    public var longest: Duration
    public var total: Duration
    public var firstSlow: EventReference?
    public var lastSlow: EventReference?

    public init(
        endpoint: Endpoint, count: UInt64, slow: UInt64, longest: Duration, total: Duration,
        firstSlow: EventReference?, lastSlow: EventReference?
    ) {
        self.endpoint = endpoint
        self.count = count
        self.slow = slow
        self.longest = longest
        self.total = total
        self.firstSlow = firstSlow
        self.lastSlow = lastSlow
    }
}
