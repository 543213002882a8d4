// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Sockets that close unseen. With the tracepoint mechanism a close(2) is known as the end of a socket where its file has no other
/// reference at that moment; whoever looks at it through /proc/PID/fd has one for as long as that takes.
extension Core {
    /// The record of the socket's own end comes right after that of its descriptor, from the same program.
    private static let recordTime: UInt64 = 1_000_000

    /// A descriptor was closed.
    mutating func noteUnreferred(_ socket: Int32, by record: ps_descriptor_close, _ ordinal: UInt64) {
        guard sockets[socket].descriptorCount <= 0 else { return }
        unreferred.append(UnreferredSocket(firstSeen: sockets[socket].firstSeen, close: record, ordinal: ordinal))
    }

    /// Takes out those of which no record of their end comes any more.
    ///
    /// - Parameter thread: Has made a record at `now`, not of a socket's end: so none comes of what it closed before; 0: not
    ///   asked.
    mutating func takeUnreferred(before now: UInt64, by thread: UInt32) -> [UnreferredSocket] {
        var due: [UnreferredSocket] = []
        unreferred.removeAll { gone in
            let closedAt = gone.close.header.timestamp_ns
            let isOver = closedAt &+ Self.recordTime < now
            let isDue = isOver || (thread != 0 && gone.close.header.thread_id == thread && closedAt < now)
            if isDue { due.append(gone) }
            return isDue
        }
        return due
    }

    /// The record of its end that did not come; `nil`: the socket is gone, or something refers to it again.
    func missingClose(of gone: UnreferredSocket) -> ps_socket_close? {
        guard let socket = sockets.slot(inode: gone.close.socket_inode),
            sockets[socket].firstSeen == gone.firstSeen,
            sockets[socket].descriptorCount <= 0
        else { return nil }
        var record = ps_socket_close()
        record.header = gone.close.header
        record.header.kind = RecordKind.socketClose.rawValue
        record.socket_inode = gone.close.socket_inode
        record.family = sockets[socket].family
        record.protocol = sockets[socket].protocolNumber
        record.state = sockets[socket].state
        return record
    }
}
