// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends that come as sums: they count, and show that a socket is in use, but not in which order.
extension Core {
    /// - Parameter growth: What has come since the sums before.
    mutating func add(_ growth: ps_socket_sum, to socket: Int32) {
        sockets[socket].receivedBytes &+= growth.received_bytes
        sockets[socket].sentBytes &+= growth.sent_bytes
        sockets[socket].dataReceives &+= growth.receives
    }

    /// What single calls have shown so far is out of date: their order with those in the sums is not known.
    ///
    /// - Returns: When the socket was used last; `nil`: that is known already.
    mutating func noteUse(_ record: ps_socket_sum, _ socket: Int32, _ ordinal: UInt64) -> UInt64? {
        let latest = min(max(record.last_receive_ns, record.last_send_ns), record.header.timestamp_ns)
        guard latest > sockets[socket].lastActivity?.timestamp ?? 0 else { return nil }
        var mark = EventMark(record.header, ordinal: ordinal)
        mark.timestamp = latest
        sockets[socket].lastActivity = mark
        sockets[socket].end.heardAt = max(sockets[socket].end.heardAt, min(record.last_receive_ns, latest))
        sockets[socket].end.spokenAt = latest
        sockets[socket].end.spokenBefore = 0
        let isAsking = record.last_send_ns > record.last_receive_ns
        sockets[socket].unanswered = isAsking ? UnansweredSends(lastAt: record.last_send_ns) : UnansweredSends()
        var lease = sockets[socket].firstLease
        while lease >= 0 {
            if latest >= leases[lease].acquired.timestamp {
                leases[lease].lastActivity = mark
                leases[lease].waitingSince =
                    isAsking && record.last_send_ns >= leases[lease].acquired.timestamp ? record.last_send_ns : 0
            }
            lease = leases[lease].nextOfSocket
        }
        return latest
    }

    /// From here on all calls are summed up.
    mutating func sumAll() { isAllSummed = true }
}
