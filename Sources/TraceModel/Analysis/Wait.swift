// SPDX-License-Identifier: Apache-2.0

/// One acquire that waited.
public struct Wait: Sendable {
    public var holder: Holder
    public var begin: EventReference
    /// `nil`: still waiting when the trace ended.
    public var end: MonotonicInstant?
    /// The index in `PoolSummary.sites`; `nil`: there were too many sites to tell apart.
    public var site: Int?

    public init(holder: Holder, begin: EventReference, end: MonotonicInstant?, site: Int?) {
        self.holder = holder
        self.begin = begin
        self.end = end
        self.site = site
    }
}
