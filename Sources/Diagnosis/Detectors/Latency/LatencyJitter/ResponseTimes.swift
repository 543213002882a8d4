// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How long one endpoint took to answer like requests: from the last send of a request until the first data of its answer
/// came, or was read where the time of arrival is not known.
public struct ResponseTimes: Sendable {
    public var endpoint: Endpoint
    /// `nil`: the connections were not leased from a pool.
    public var pool: PoolID?
    /// The call site that leased the connections.
    public var stack: CallStack?
    /// The sizes of the requests.
    public var leastRequestBytes: UInt64
    public var mostRequestBytes: UInt64
    public var times = DurationStatistics()
    /// Where late begins: at most `latency-jitter.ratio` x p50, and at least `latency-jitter.floor`.
    public var lateFrom: Duration = .zero
    public var late: UInt64 = 0
    /// Of the late ones, those in which a segment was sent again before the answer came.
    public var resent: UInt64 = 0
    /// Of all, those whose answer lay in the socket for `latency-jitter.floor` or longer, which is not part of the time.
    public var unread: UInt64 = 0
    /// Of the late ones, those whose lease had waited `latency-jitter.floor` or longer for the pool.
    public var waited: UInt64 = 0
    /// The time from the first to the last is divided into equal windows, 32 at most: those with a round trip, and those
    /// with a late one.
    public var windows: UInt64 = 0
    public var lateWindows: UInt64 = 0
    public var startedAt = MonotonicInstant(nanoseconds: 0)
    public var endedAt = MonotonicInstant(nanoseconds: 0)
    /// The shortest run of windows that holds nine tenths of the late ones.
    public var coreStart = MonotonicInstant(nanoseconds: 0)
    public var coreEnd = MonotonicInstant(nanoseconds: 0)
    /// At most five, the longest first.
    public var slowest: [SlowResponse] = []

    public init(
        endpoint: Endpoint, pool: PoolID?, stack: CallStack?, leastRequestBytes: UInt64, mostRequestBytes: UInt64
    ) {
        self.endpoint = endpoint
        self.pool = pool
        self.stack = stack
        self.leastRequestBytes = leastRequestBytes
        self.mostRequestBytes = mostRequestBytes
    }
}
