// SPDX-License-Identifier: Apache-2.0

/// The identity of a socket in a trace: its sockfs inode number and its birth.
///
/// A descriptor number is never the identity: it is reused, duplicated and passed on.
public struct SocketID: Hashable, Sendable, CustomStringConvertible {
    /// The sockfs inode number, as in `/proc/PID/fd` (`socket:[12345]`).
    public var inode: UInt64
    /// When the socket came into being; `nil`: before the probes were armed.
    public var bornAt: MonotonicInstant?

    /// - Parameter bornAt: `nil`: its birth is not in the trace.
    public init(inode: UInt64, bornAt: MonotonicInstant?) {
        self.inode = inode
        self.bornAt = bornAt
    }

    /// As `/proc/PID/fd` shows it. Sockets of different birth may have the same text.
    public var description: String { "socket:[\(inode)]" }
}
