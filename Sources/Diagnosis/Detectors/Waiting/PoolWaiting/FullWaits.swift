// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The waits of a pool during which all of its connections were out: those were waits for a connection, and for nothing else.
///
/// Who makes or checks a connection has a place of the pool meanwhile. If all places are others', a request has none.
public struct FullWaits: Sendable {
    /// Waits of at least `pool-wait.counted`, ended or not.
    public var count: UInt64 = 0
    /// Of them, those longer than `pool-wait.p99`.
    public var slow: UInt64 = 0
    public var longest: Duration = .zero
    public var longestEvent: EventReference?
    public var first: EventReference?
    public var last: EventReference?
    /// In the busiest second; of more waits than can be kept, of the longer ones.
    public var peakPerSecond: UInt64 = 0
    /// The most at one time.
    public var peakQueue: UInt64 = 0
    public var stillWaiting: UInt64 = 0

    public init() {}
}
