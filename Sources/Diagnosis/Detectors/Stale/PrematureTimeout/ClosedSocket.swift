// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A socket that was closed a moment ago while it waited for an answer.
struct ClosedSocket {
    var inode: UInt64
    var endpoint: Endpoint
    var closedAt: UInt64
    var waited: UInt64
    /// The kernel's estimate at the last census, in nanoseconds; 0: not known.
    var roundTrip: UInt64
    var descriptor: Int32
    var stackID: Int32
}
