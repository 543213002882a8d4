// SPDX-License-Identifier: Apache-2.0

/// What a census counted, where it had its knowledge from, and what it could not learn.
public struct CensusCoverage: Sendable, Equatable {
    /// Where the details of one table of sockets came from.
    public enum Source: Sendable, Equatable {
        /// NETLINK_SOCK_DIAG.
        case diagnosis
        /// A text table of `/proc/PID/net`, with the reason why not from sock_diag. It has no round trip times and no
        /// ages, and for Unix sockets neither peers nor queues.
        case procNet(because: String)
        /// Neither can be read.
        case unavailable(because: String)
    }

    /// Descriptors of the target that refer to sockets.
    public var socketCount: Int = 0
    /// All descriptors of the target.
    public var descriptorCount: Int = 0
    /// RLIMIT_NOFILE, soft; 0: not known.
    public var descriptorLimit: UInt32 = 0
    /// Different sockets of the target, of which no table had the details (PS_CENSUS_DETAILS_UNKNOWN).
    public var unresolvedCount: Int = 0
    /// By table: `tcp`, `tcp6`, `udp`, `udp6`, `unix`, `mptcp`. A table that no socket needed is not in it.
    public var sources: [String: Source] = [:]
    /// The tables that changed during each attempt to read them, so that sockets may lack their details.
    public var interruptedTables: [String] = []
    /// Lines of `/proc/PID/net` that could not be understood.
    public var unreadableLines: Int = 0
}
