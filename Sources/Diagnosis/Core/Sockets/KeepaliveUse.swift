// SPDX-License-Identifier: Apache-2.0

/// TCP keepalive of the connections to one endpoint that were found dead, as the program set it.
public struct KeepaliveUse: Hashable, Sendable {
    /// It was on.
    public var on: UInt64 = 0
    /// It was not: no option of theirs turned it on since they were opened.
    public var off: UInt64 = 0
    /// Not known: the socket is older than the trace, or its options were not recorded.
    public var unknown: UInt64 = 0
    /// The shortest and longest TCP_KEEPIDLE of those on which it was set; `nil`: on none, so it is the system's
    /// (net.ipv4.tcp_keepalive_time, 2 hours unless changed).
    public var shortestIdle: Duration?
    public var longestIdle: Duration?
    /// Died in a silence in which a probe was due: it was on, and TCP_KEEPIDLE shorter than the silence.
    public var despite: UInt64 = 0

    public init() {}

    /// Adds what is known of other connections.
    public mutating func add(_ other: Self) {
        on = on.addingSaturated(other.on)
        off = off.addingSaturated(other.off)
        unknown = unknown.addingSaturated(other.unknown)
        despite = despite.addingSaturated(other.despite)
        shortestIdle = [shortestIdle, other.shortestIdle].compactMap { $0 }.min()
        longestIdle = [longestIdle, other.longestIdle].compactMap { $0 }.max()
    }
}
