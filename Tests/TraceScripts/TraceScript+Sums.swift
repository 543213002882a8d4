// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// Sockets whose calls are summed up.
extension TraceScript {
    /// From here on calls are summed up: of one socket, or (0) of all.
    ///
    /// - Parameters:
    ///   - cost, of: in ms of CPU time a second: of the programs, and of the target.
    ///   - costLimit: in percent; not 0: it was for the cost.
    public mutating func detail(
        at: Double, inode: UInt64 = 0, rate: UInt64 = 0, limit: UInt64 = 0, cost: UInt64 = 0, of target: UInt64 = 0,
        costLimit: UInt32 = 0
    ) {
        var record = ps_detail_change()
        record.header = Self.header(.detailChange, at: at)
        record.socket_inode = inode
        record.calls_per_second = rate
        record.limit_per_second = limit
        record.cost_ns = cost &* 1_000_000
        record.target_cpu_ns = target &* 1_000_000
        record.cost_limit_permille = costLimit &* 10
        if costLimit > 0 { record.causes = UInt32(PS_DETAIL_FOR_COST) }
        add(.detailChange(record))
    }

    /// Sums so far: as many receives of 200 bytes as sends of 100.
    ///
    /// - Parameters:
    ///   - sent, received: The latest of each, in ms.
    ///   - answered: Answers that took less than 4 us.
    public mutating func sum(
        at: Double, inode: UInt64, since: Double = 0, calls: UInt64, sent: Double, received: Double,
        answered: UInt32 = 0
    ) {
        var record = ps_socket_sum()
        record.header = Self.header(.socketSum, at: at)
        record.socket_inode = inode
        record.since_ns = Self.instant(since).nanoseconds
        record.last_send_ns = Self.instant(sent).nanoseconds
        record.last_receive_ns = Self.instant(received).nanoseconds
        record.receives = calls
        record.sends = calls
        record.received_bytes = 200 &* calls
        record.sent_bytes = 100 &* calls
        record.answers.1 = answered
        add(.socketSum(record))
    }
}
