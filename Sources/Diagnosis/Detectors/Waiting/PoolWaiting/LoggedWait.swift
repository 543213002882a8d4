// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A wait for a pool that was long enough to be kept.
struct LoggedWait {
    var begin: UInt64
    var end: UInt64
    var ordinal: UInt64
    var holder: Holder
    var site: Int32
    /// The most connections that others had meanwhile.
    var occupied: UInt64

    var length: UInt64 { end > begin ? end - begin : 0 }
}

extension LoggedWait {
    init(_ request: PendingAcquire, end: UInt64, occupied: UInt64) {
        begin = request.begin.timestamp
        self.end = end
        ordinal = request.begin.ordinal
        holder = request.holder
        site = request.site
        self.occupied = occupied
    }
}
