// SPDX-License-Identifier: Apache-2.0

/// What a socket's leases say of it: kept with the socket.
struct PooledUse {
    /// The pool that leased it last; -1: none.
    var pool: Int32 = -1
    var leases: UInt64 = 0
    /// The end of its last lease; 0: none has ended.
    var releasedAt: UInt64 = 0
    var isReleasedWithError = false
    /// Where the pool has its endpoint; -1: to be looked up.
    var endpointHint: Int32 = -1
}
