// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A lease of which begin and end are known, as its pool and its call site book it. Times in nanoseconds.
struct CompletedLease {
    var site: Int32
    var acquired: EventMark
    /// `nil`: the request was before the trace.
    var wait: UInt64?
    var hold: UInt64
    /// Wait and hold by part.
    var time: LeaseTime
    /// The pool's contended time when it began.
    var contendedAtStart: UInt64
    /// How long its socket was in use; `nil`: it is too short to be looked at, or its socket is not known.
    var socketTime: UInt64?
}
