// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A socket that was closed a moment after a farewell of its peer was read.
struct AnsweredFarewell {
    var inode: UInt64
    var endpoint: Endpoint
    /// When something was sent or received last before the farewell.
    var spokenAt: UInt64
    var closedAt: UInt64
}
