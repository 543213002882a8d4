// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Where the time of the leases of one call site went: of all stacks with the same innermost frame of the application.
public struct CallSiteTime: Sendable {
    /// `nil`: the stack could not be taken.
    public var site: StackFrame?
    /// Completed leases.
    public var leases: UInt64
    public var time: LeaseTime
    /// `nil`: there are too many call sites for each to have its own.
    public var holds: DurationStatistics?

    public init(
        site: StackFrame? = nil, leases: UInt64 = 0, time: LeaseTime = LeaseTime(), holds: DurationStatistics? = nil
    ) {
        self.site = site
        self.leases = leases
        self.time = time
        self.holds = holds
    }
}
