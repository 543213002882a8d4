// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

extension ps_socket_close {
    /// CLOSE_WAIT, LAST_ACK, CLOSING: the peer's FIN has come.
    private static let ended: Set<UInt16> = [8, 9, 11]
    private static let closed: UInt16 = 7
    /// EPIPE: what a reset leaves on a socket whose peer had closed before (tcp_reset).
    private static let brokenPipe: Int32 = 32

    /// Bytes that the peer had sent and nobody read.
    ///
    /// A FIN that nobody has read stands in the queue as one byte more (the kernel's tcp_inq takes it off, too), so that a
    /// peer that just closed, without an answer, would look like one that answered.
    var unreadData: UInt32 {
        let hasEnd =
            Self.ended.contains(state)
            || (state == Self.closed && (socket_error == 0 || socket_error == Self.brokenPipe))
        return hasEnd && unread_bytes > 0 ? unread_bytes - 1 : unread_bytes
    }
}
