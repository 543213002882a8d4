// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Segments of a socket that were sent again by the timer, since the last sign of the peer.
struct RetransmitRun {
    var first: EventMark
    var last: EventMark
    var timeouts: UInt8
    var timeoutMicroseconds: UInt32
    var unacknowledgedBytes: UInt32

    init(_ record: ps_socket_retransmit, ordinal: UInt64) {
        first = EventMark(record.header, ordinal: ordinal)
        last = first
        timeouts = record.timeouts
        timeoutMicroseconds = record.timeout_us
        unacknowledgedBytes = record.unacknowledged_bytes
    }

    /// The kernel counts expiries from the last acknowledgement: fewer than before is a new run.
    mutating func add(_ record: ps_socket_retransmit, ordinal: UInt64) {
        let next = Self(record, ordinal: ordinal)
        let isNew =
            next.timeouts < timeouts || (next.timeouts == timeouts && next.unacknowledgedBytes < unacknowledgedBytes)
        let began = isNew ? next.first : first
        self = next
        first = began
    }

    /// Three expiries, or fewer in so long a time that the timeout must have been long.
    func isHalfOpen(_ thresholds: Thresholds) -> Bool {
        let length = last.timestamp &- min(first.timestamp, last.timestamp)
        return UInt64(timeouts) >= max(1, thresholds[HalfOpenRule.timeouts])
            || (timeouts >= 2 && length >= thresholds[HalfOpenRule.time].clampedNanoseconds)
    }
}
