// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Those who waited for a pool from one acquiring stack.
public struct WaiterGroup: Sendable {
    public var stack: CallStack?
    public var waits: UInt64
    public var longest: Duration
    /// Of `waits`, those still waiting at the end of the trace.
    public var stillWaiting: UInt64

    public init(stack: CallStack?, waits: UInt64, longest: Duration, stillWaiting: UInt64) {
        self.stack = stack
        self.waits = waits
        self.longest = longest
        self.stillWaiting = stillWaiting
    }
}
