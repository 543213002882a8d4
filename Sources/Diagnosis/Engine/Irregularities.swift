// SPDX-License-Identifier: Apache-2.0

/// Records that contradict what came before them. All zero in a whole trace.
public struct Irregularities: Hashable, Sendable {
    /// Records that are older than one before them.
    public var outOfOrder: UInt64 = 0
    /// Intervals that would be negative; taken as zero.
    public var negativeIntervals: UInt64 = 0
    /// Leases whose holder used another socket than the one the walk found.
    public var contraryWitnesses: UInt64 = 0
    /// Records of points that the plan does not have.
    public var unknownPoints: UInt64 = 0
    /// Acquiring stacks beyond the number that is told apart.
    public var unlistedSites: UInt64 = 0
    /// Stacks beyond the number that is kept.
    public var unlistedStacks: UInt64 = 0
    /// Endpoints beyond the number that is listed.
    public var unlistedEndpoints: UInt64 = 0
    /// TLS handshakes whose socket could not be found.
    public var unplacedHandshakes: UInt64 = 0
    /// New connections, and names looked up, beyond the number that is told apart.
    public var unlistedBirths: UInt64 = 0
    /// Messages to or from name servers that are none, or were cut off before the end of their question.
    public var unreadableNameMessages: UInt64 = 0
    /// Queries to name servers beyond the number that is told apart.
    public var unlistedNameQueries: UInt64 = 0

    public init() {}
}
