// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// One acquire that waited.
public struct Wait: Sendable {
    public var holder: Holder
    public var begin: EventReference
    /// `nil`: still waiting when the trace ended.
    public var end: MonotonicInstant?
    /// The index in `PoolSummary.sites`; `nil`: there were too many sites to tell apart.
    public var site: Int?
    /// All connections of the pool were out meanwhile; `nil`: its maximum is not known, or not set.
    public var isFull: Bool?

    public init(holder: Holder, begin: EventReference, end: MonotonicInstant?, site: Int?, isFull: Bool? = nil) {
        self.holder = holder
        self.begin = begin
        self.end = end
        self.site = site
        self.isFull = isFull
    }
}
