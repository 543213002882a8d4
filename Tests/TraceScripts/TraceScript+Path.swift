// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What happens to a socket's segments and datagrams on the way.
extension TraceScript {
    public mutating func retransmit(
        at: Double, inode: UInt64, state: UInt16 = 1, timeouts: UInt8 = 1, unacknowledged: UInt32 = 100,
        timeoutMicroseconds: UInt32 = 200_000
    ) {
        var record = ps_socket_retransmit()
        record.header = Self.header(.socket_retransmit, at: at, thread: 0)
        record.socket_inode = inode
        record.state = state
        record.timeouts = timeouts
        record.backoff = timeouts
        record.timeout_us = timeoutMicroseconds
        record.unacknowledged_bytes = unacknowledged
        record.total_retransmits = UInt32(timeouts)
        add(.socketRetransmit(record))
    }
}
