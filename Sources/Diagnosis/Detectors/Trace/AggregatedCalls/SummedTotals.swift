// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// How much of a trace's receives and sends are sums, and why.
public struct SummedTotals: Sendable {
    public var calls: UInt64
    public var sockets: UInt64
    /// When the detail changed; `nil`: the record of it is missing.
    public var since: EventReference?
    /// The latest sums.
    public var last: EventReference
    /// Why; `nil`: the record of it is missing.
    public var reason: SummingReason?

    public init(
        calls: UInt64, sockets: UInt64, since: EventReference?, last: EventReference, reason: SummingReason?
    ) {
        self.calls = calls
        self.sockets = sockets
        self.since = since
        self.last = last
        self.reason = reason
    }
}
