// SPDX-License-Identifier: Apache-2.0

/// A pool's connection, from its first lease in the trace until it is closed.
struct ConnectionState {
    let key: LeaseKey
    var pool: Int32
    /// Of the object or its socket, whichever was seen first.
    var firstSeen: UInt64
    /// Its socket; 0: not known.
    var inode: UInt64 = 0
    var isSocketGone = false
    /// All of its leases from this time on are in the trace, and it had none before; nil: earlier ones may be missing.
    var wholeSince: UInt64?
    var leases: UInt64 = 0
    var lastUsed: UInt64
    /// Its last lease, while what follows at once may still say how that ended.
    var release: ReleasedLease?

    /// Links of the list of connections of one socket; -1: the first, the last, or in no list.
    var previousOfSocket: Int32 = -1
    var nextOfSocket: Int32 = -1

    init(key: LeaseKey, pool: Int32, at now: UInt64) {
        self.key = key
        self.pool = pool
        firstSeen = now
        lastUsed = now
    }
}
