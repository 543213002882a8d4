// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How a recording stands: the live line.
public struct RecordingProgress: Sendable {
    public var elapsed: Duration
    public var now: MonotonicInstant
    public var records: UInt64
    public var lost: UInt64
    public var leasesOut: Int
    public var waiting: Int
    /// Leases that are out for longer than `suspectAge`: leaked, or merely long.
    public var suspects: Int
    public static let suspectAge: Duration = .seconds(5)
    /// The age of the oldest lease that is out.
    public var oldestLease: Duration?
    public var fileBytes: UInt64
}
