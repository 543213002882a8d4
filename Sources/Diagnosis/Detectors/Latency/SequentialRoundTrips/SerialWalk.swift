// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Round trips of one call site that followed each other, one request waiting for the answer to the one before.
public struct SerialWalk: Sendable {
    public var pool: PoolID
    public var stack: CallStack?
    /// Runs of at least `sequential-round-trips.trips`.
    public var runs: UInt64
    /// Round trips of the longest run.
    public var longestTrips: UInt64
    /// How long that run took.
    public var longestTime: Duration
    /// Over all runs: each trip but the first as long as the shortest of its run.
    public var savable: Duration
    /// The first and last record of the longest run.
    public var begin: EventReference
    public var end: EventReference

    public init(
        pool: PoolID, stack: CallStack?, runs: UInt64, longestTrips: UInt64, longestTime: Duration, savable: Duration,
        begin: EventReference, end: EventReference
    ) {
        self.pool = pool
        self.stack = stack
        self.runs = runs
        self.longestTrips = longestTrips
        self.longestTime = longestTime
        self.savable = savable
        self.begin = begin
        self.end = end
    }
}
