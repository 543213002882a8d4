// SPDX-License-Identifier: Apache-2.0

/// The kernel's side of a pool at one moment.
struct PoolSockets {
    /// Open sockets of connections that were leased in the trace.
    var joined: UInt64 = 0
    /// Leased connections whose socket has been closed.
    var closed: UInt64 = 0
    /// Open sockets to its endpoints that are no known connection's, beyond what the pools there have open unseen.
    var outside: UInt64 = 0
}
