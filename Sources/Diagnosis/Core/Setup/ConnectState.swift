// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A socket's attempt to connect, from connect(2) to its end. A connect that does not block returns before the end; on the
/// loopback device the end may even be told before the return.
struct ConnectState {
    /// When connect(2) was called; 0: not in this trace.
    var startedAt: UInt64 = 0
    /// connect(2) has returned, and the end is not known yet.
    var isPending = false
    /// A signal has ended connect(2): the next call on this socket continues the attempt.
    var isInterrupted = false
    /// The last change of state out of SYN_SENT: when, and the pending errno.
    var handshakeMark: EventMark?
    var handshakeError: Int32 = 0
    var isEstablished = false
    var stackID: Int32 = -1
    /// The SYN was sent again.
    var isUnanswered = false
}
