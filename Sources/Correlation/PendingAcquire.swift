// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// An acquire that has begun and not ended: its caller waits.
struct PendingAcquire {
    var pool: Int32
    var site: Int32
    var holder: Holder
    var begin: EventMark
    var goroutineAddress: UInt64
    /// The caller opened a socket meanwhile: it dials, and does not queue.
    var isDialling = false
    /// How much of the time was look-up of names.
    var lookupTime: UInt64 = 0
    /// How many of its clocks were there at the begin; those of later columns stood at 0.
    var clockCount = 0
}
