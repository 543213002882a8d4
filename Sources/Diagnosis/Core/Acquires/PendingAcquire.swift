// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// An acquire that has begun and not ended: its caller waits.
struct PendingAcquire {
    let key: PendingKey
    var pool: Int32
    var site: Int32
    var holder: Holder
    var begin: EventMark
    var goroutineAddress: UInt64
    /// The slot of the acquire of the same goroutine, in another library, in which this one was made; -1: none.
    var outer: Int32 = -1
    /// The caller opened a socket meanwhile: it dials, and does not queue.
    var isDialling = false
    /// When that began, in nanoseconds; 0: it did not.
    var dialAt: UInt64 = 0
    /// How much of the time was look-up of names.
    var lookupTime: UInt64 = 0
}
