// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How long one call site waited for a pool while another had connections of it.
///
/// Each moment of a wait is divided among the leases that were open then, so that the sum over all holders is the time
/// waited, less the moments in which no lease of the trace was open.
public struct Blame: Sendable {
    /// `nil`: the stack of those who waited is not known.
    public var waiter: CallStack?
    /// `nil`: not known, or beyond the call sites told apart.
    public var holder: CallStack?
    public var time: Duration

    public init(waiter: CallStack?, holder: CallStack?, time: Duration) {
        self.waiter = waiter
        self.holder = holder
        self.time = time
    }
}
