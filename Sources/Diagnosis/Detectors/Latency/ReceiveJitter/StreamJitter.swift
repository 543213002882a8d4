// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// A socket whose peer sent at an even pace, and later did not, by the times at which this process received.
public struct StreamJitter: Sendable {
    public var socket: SocketSummary
    /// The mean gap between messages while the stream was even.
    public var usualGap: Duration
    /// The mean difference of a gap from the mean gap then: the interarrival jitter of RFC 3550, section 6.4.1.
    public var usualJitter: Duration
    /// The mean standard deviation of five gaps in a row then.
    public var usualDeviation: Duration
    /// Gaps after that.
    public var gaps: UInt64
    /// Of these, uneven ones.
    public var jittery: UInt64
    public var worstJitter: Duration
    public var worstDeviation: Duration
    /// Datagrams that the kernel dropped for want of room in the socket's buffer, in the whole trace.
    public var drops: UInt64
    /// The receives after the first uneven gap, the worst and the last.
    public var first: EventReference
    public var worst: EventReference
    public var last: EventReference

    public init(
        socket: SocketSummary, usualGap: Duration, usualJitter: Duration, usualDeviation: Duration, gaps: UInt64,
        jittery: UInt64, worstJitter: Duration, worstDeviation: Duration, drops: UInt64, first: EventReference,
        worst: EventReference, last: EventReference
    ) {
        self.socket = socket
        self.usualGap = usualGap
        self.usualJitter = usualJitter
        self.usualDeviation = usualDeviation
        self.gaps = gaps
        self.jittery = jittery
        self.worstJitter = worstJitter
        self.worstDeviation = worstDeviation
        self.drops = drops
        self.first = first
        self.worst = worst
        self.last = last
    }
}
