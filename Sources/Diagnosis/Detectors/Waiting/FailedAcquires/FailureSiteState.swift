// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The failed acquires of one error and call site, so far.
struct FailureSiteState {
    /// Of the pool; -1: not known, or one of too many.
    let site: Int32
    var count: UInt64
    var first: EventMark
    var last: EventMark
    var lastHolder: Holder
}
