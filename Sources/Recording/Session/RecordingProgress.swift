// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How a recording stands: the live line.
public struct RecordingProgress: Sendable {
    /// Since all probes were armed.
    public var elapsed: Duration
    /// The moment that the numbers are of.
    public var now: MonotonicInstant
    /// Written to the trace.
    public var records: UInt64
    /// Missing from the trace, wherever they were lost. A record that lacks its stack alone is not counted.
    public var lost: UInt64
    /// Leases that have begun and not ended.
    public var leasesOut: Int
    /// Holders whose acquire has begun and not ended.
    public var waiting: Int
    /// Leases that are out for 5 seconds and longer: leaked, or merely long.
    public var suspects: Int
    static let suspectAge: Duration = .seconds(5)
    /// The age of the oldest lease that is out.
    public var oldestLease: Duration?
    /// The trace's size.
    public var fileBytes: UInt64
}
