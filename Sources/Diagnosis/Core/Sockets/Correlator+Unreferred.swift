// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Sockets that close unseen. With the tracepoint mechanism a close(2) is known as the end of a socket where its file has no other
/// reference at that moment; whoever looks at it through /proc/PID/fd has one for as long as that takes.
extension Correlator {
    /// The record of the socket's own end comes right after that of its descriptor, from the same program.
    private static let recordTime: UInt64 = 1_000_000

    /// A descriptor was closed.
    mutating func noteUnreferred(_ socket: Int32, by record: ps_descriptor_close, _ ordinal: UInt64) {
        guard core.isSocketCloseByCall else { return }
        closeUnreferred(before: record.header.timestamp_ns)
        guard core.sockets[socket].descriptorCount <= 0 else { return }
        core.unreferred.append(
            UnreferredSocket(firstSeen: core.sockets[socket].firstSeen, close: record, ordinal: ordinal))
    }

    /// Those that nothing refers to any more are closed, as if that had been recorded. Asked before what a socket's end
    /// changes: a new socket, a lease, its end.
    ///
    /// - Parameter thread: Has made a record at `now`, not of a socket's end: so none comes of what it closed before; 0: not
    ///   asked.
    mutating func closeUnreferred(before now: UInt64, by thread: UInt32 = 0) {
        if core.unreferred.isEmpty { return }
        var due: [UnreferredSocket] = []
        core.unreferred.removeAll { gone in
            let closedAt = gone.close.header.timestamp_ns
            let isOver = closedAt &+ Self.recordTime < now
            let isDue = isOver || (thread != 0 && gone.close.header.thread_id == thread && closedAt < now)
            if isDue { due.append(gone) }
            return isDue
        }
        for gone in due {
            guard let socket = core.sockets.slot(inode: gone.close.socket_inode),
                core.sockets[socket].firstSeen == gone.firstSeen,
                core.sockets[socket].descriptorCount <= 0
            else { continue }
            var record = ps_socket_close()
            record.header = gone.close.header
            record.header.kind = RecordKind.socketClose.rawValue
            record.socket_inode = gone.close.socket_inode
            record.family = core.sockets[socket].family
            record.protocol = core.sockets[socket].protocolNumber
            record.state = core.sockets[socket].state
            take(record, gone.ordinal)
        }
    }
}
