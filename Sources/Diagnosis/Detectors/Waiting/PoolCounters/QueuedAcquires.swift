// SPDX-License-Identifier: Apache-2.0

/// Acquires that found no connection free, so far.
struct QueuedAcquires {
    /// A connection that became free so shortly after the request may have been free when the pool looked.
    private static let doubtAfter: UInt64 = 2_000_000
    /// One that was released so shortly before it may not have been free yet.
    private static let doubtBefore: UInt64 = 5_000_000

    var sure: UInt64 = 0
    var possible: UInt64 = 0

    /// - Parameter freeAt: When the connection became free: by its last release, or by its birth for another's request.
    mutating func note(begin: UInt64, freeAt: UInt64) {
        if freeAt > begin &+ Self.doubtAfter { sure &+= 1 }
        if freeAt &+ Self.doubtBefore > begin { possible &+= 1 }
    }
}
