// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// The time in which at least one acquire waited while so many connections were leased.
public struct Contention: Hashable, Sendable {
    /// Leases in the trace that were open, without those from before the probes.
    public var inUse: UInt64
    public var time: Duration
    public var first: MonotonicInstant
    public var last: MonotonicInstant
    /// The most waiters at one time.
    public var peakQueue: UInt64
    /// The acquire that waited first at this level.
    public var event: EventReference

    public init(
        inUse: UInt64, time: Duration, first: MonotonicInstant, last: MonotonicInstant, peakQueue: UInt64,
        event: EventReference
    ) {
        self.inUse = inUse
        self.time = time
        self.first = first
        self.last = last
        self.peakQueue = peakQueue
        self.event = event
    }
}
