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
        record.header = Self.header(.socketRetransmit, at: at, thread: 0)
        record.socket_inode = inode
        record.state = state
        record.timeouts = timeouts
        record.backoff = timeouts
        record.timeout_us = timeoutMicroseconds
        record.unacknowledged_bytes = unacknowledged
        record.total_retransmits = UInt32(timeouts)
        add(.socketRetransmit(record))
    }

    public mutating func reset(at: Double, inode: UInt64, isReceived: Bool = true, isAnswer: Bool = false) {
        var record = ps_socket_reset()
        record.header = Self.header(.socketReset, at: at, thread: 0)
        record.socket_inode = inode
        record.family = 2
        record.remote_address = Self.bytes(Self.database)
        record.remote_port = 5432
        record.direction = (isReceived ? ps_reset_direction.received : .sent).rawValue
        record.is_answer = isAnswer ? 1 : 0
        add(.socketReset(record))
    }

    /// A datagram for 10.0.0.9:5353 that found no room. -12: in the socket's buffer; -105: on the host.
    public mutating func datagramDrop(
        at: Double, inode: UInt64, result: Int32 = -12, buffer: UInt32 = 4608, total: UInt32 = 1
    ) {
        var record = ps_datagram_drop()
        record.header = Self.header(.datagramDrop, at: at, thread: 0)
        record.socket_inode = inode
        record.local_address = Self.bytes((10, 0, 0, 9))
        record.local_port = 5353
        record.family = 2
        record.result = result
        record.queued_bytes = buffer
        record.buffer_bytes = buffer
        record.total_drops = total
        add(.datagramDrop(record))
    }

    /// setsockopt(2) that succeeds.
    public mutating func option(at: Double, inode: UInt64, level: Int32, name: UInt32, value: Int64) {
        var record = ps_socket_option()
        record.header = Self.header(.socketOption, at: at)
        record.socket_inode = inode
        record.value = value
        record.level = level
        record.name = name
        record.is_value_known = 1
        add(.socketOption(record))
    }
}
