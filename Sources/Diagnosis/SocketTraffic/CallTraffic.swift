// SPDX-License-Identifier: Apache-2.0

/// The receives, or the sends, of a socket.
public struct CallTraffic: Hashable, Sendable {
    /// All calls, those that are in the trace as sums too.
    public var calls: UInt64 = 0
    /// Bytes that were moved; a peek moves none.
    public var bytes: UInt64 = 0
    /// Calls that returned -EAGAIN.
    public var wouldBlocks: UInt64 = 0
    /// Calls that failed otherwise.
    public var failures: UInt64 = 0
    /// Of the calls that are in `calls`, those without a record of their own.
    public var summed: UInt64 = 0
    /// From entry to return, of the calls for which it is recorded.
    public var times = DurationStatistics()

    public init() {}
}
