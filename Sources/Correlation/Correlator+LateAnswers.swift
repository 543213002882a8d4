// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Answers that come when nobody waits for them any more.
extension Correlator {
    private static let endpointLimit = 1024
    private static let closedLimit = 1024
    private static let tcp: UInt16 = 6

    /// The process closes a socket. A request that is followed by its close at once is a farewell, such as QUIT or the
    /// end of a TLS session, and its answer is not waited for.
    mutating func noteCloseWhileAsking(_ record: ps_socket_close, _ socket: Int32, _ ordinal: UInt64) {
        let asked = sockets[socket].askedAt
        let now = record.header.timestamp_ns
        guard record.protocol == Self.tcp, asked > 0, now >= asked, !isAccepted(sockets[socket]),
            let endpoint = sockets[socket].remote
        else { return }
        let closed = ClosedSocket(
            inode: record.socket_inode, endpoint: endpoint, closedAt: now, waited: now - asked,
            descriptor: sockets[socket].descriptor, stackID: sockets[socket].openStack)
        guard closed.waited >= thresholds.prematureTimeoutWait.clampedNanoseconds else { return }
        if record.unreadData > 0 {
            add(closed, lateBy: nil, EventMark(record.header, ordinal: ordinal))
            return
        }
        let late = thresholds.prematureTimeoutLate.clampedNanoseconds
        justClosed.removeAll { $0.closedAt &+ late < now }
        if justClosed.count < Self.closedLimit { justClosed.append(closed) }
    }

    mutating func take(_ record: ps_socket_reset, _ ordinal: UInt64) {
        notePileup(record)
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.direction == ps_reset_direction.received.rawValue {
            // Data after a close is reported as a reset received, too, but then the socket is not in the ledger any more.
            if let socket = sockets.slot(inode: record.socket_inode, key: record.socket_key) {
                idleEnded(socket, isReset: true, mark)
            }
            return
        }
        guard record.is_answer != 0, let index = justClosed.firstIndex(where: { $0.inode == record.socket_inode })
        else { return }
        let closed = justClosed.remove(at: index)
        let lateBy = mark.timestamp >= closed.closedAt ? mark.timestamp - closed.closedAt : 0
        if lateBy <= thresholds.prematureTimeoutLate.clampedNanoseconds { add(closed, lateBy: lateBy, mark) }
    }

    private mutating func add(_ closed: ClosedSocket, lateBy: UInt64?, _ mark: EventMark) {
        if lateAnswers[closed.endpoint] == nil, lateAnswers.count >= Self.endpointLimit { return }
        var answers = lateAnswers[closed.endpoint] ?? LateAnswers(endpoint: closed.endpoint)
        let wait = Duration.nanoseconds(clamping: closed.waited)
        answers.shortestWait = answers.count == 0 ? wait : min(answers.shortestWait, wait)
        answers.longestWait = max(answers.longestWait, wait)
        if let lateBy {
            answers.late &+= 1
            answers.latest = max(answers.latest, .nanoseconds(clamping: lateBy))
        } else {
            answers.unread &+= 1
        }
        answers.first = answers.first ?? mark.reference
        answers.last = mark.reference
        answers.descriptor = closed.descriptor >= 0 ? closed.descriptor : nil
        if closed.stackID >= 0 { answers.stack = stacks.resolve(stackID: closed.stackID) }
        lateAnswers[closed.endpoint] = answers
    }
}
