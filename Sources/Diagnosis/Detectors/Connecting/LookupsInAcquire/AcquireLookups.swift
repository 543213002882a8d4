// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Look-ups of names that callers of a pool made themselves while they waited for a connection.
public struct AcquireLookups: Sendable {
    /// Addresses in numbers are not looked up, and do not count.
    public var lookups: UInt64 = 0
    /// Of these, `dns-in-acquire.lookup` or longer.
    public var slow: UInt64 = 0
    /// Of these, that failed after `dns-in-acquire.timeout` or longer.
    public var timedOut: UInt64 = 0
    public var longest: Duration = .zero
    /// The name of the longest.
    public var longestName = ""
    /// Acquires that ended and had such a look-up.
    public var acquires: UInt64 = 0
    /// How long these took, and how much of that was look-up.
    public var acquireTime: Duration = .zero
    public var lookupTime: Duration = .zero
    /// The first and the last slow one.
    public var first: EventReference?
    public var last: EventReference?

    public init() {}
}
