// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Answers that come when nobody waits for them any more.
extension Correlator {
    private static let endpointLimit = 1024
    private static let closedLimit = 1024
    private static let tcp: UInt16 = 6

    /// An answer that comes sooner may be the peer's reaction to the close.
    private static let reactionTime: UInt64 = 5_000_000

    /// The process closes a socket. A request that is followed by its close at once is a farewell, such as QUIT or the
    /// end of a TLS session, and its answer is not waited for; what was asked before it is.
    mutating func noteCloseWhileAsking(_ record: ps_socket_close, _ socket: Int32, _ ordinal: UInt64) {
        let now = record.header.timestamp_ns
        let request = sockets[socket].unanswered.request(closedAt: now, farewellTime: floors.farewell)
        guard record.protocol == Self.tcp, request.sentAt > 0, !isAccepted(sockets[socket]),
            let endpoint = sockets[socket].remote,
            let waited = waited(for: request.sentAt, isSure: request.isSure, on: socket, until: now)
        else { return }
        let closed = ClosedSocket(
            inode: record.socket_inode, endpoint: endpoint, closedAt: now, waited: waited,
            roundTrip: UInt64(sockets[socket].roundTripMicroseconds) &* 1000,
            descriptor: sockets[socket].descriptor, stackID: sockets[socket].openStack)
        guard closed.waited >= floors.farewell else { return }
        if record.unreadData > 0 {
            add(closed, lateBy: nil, EventMark(record.header, ordinal: ordinal))
            return
        }
        let late = thresholds.prematureTimeoutLate.clampedNanoseconds
        justClosed.removeAll { $0.closedAt &+ late < now }
        if justClosed.count < Self.closedLimit { justClosed.append(closed) }
    }

    /// Who leases a connection waits until it gives it back.
    ///
    /// `nil`: it may be a notice that nobody answers, and no lease says that it was waited for.
    private func waited(for sentAt: UInt64, isSure: Bool, on socket: Int32, until now: UInt64) -> UInt64? {
        let lease = sockets[socket].firstLease
        if lease >= 0, leases[lease].acquired.timestamp <= sentAt { return now &- min(now, sentAt) }
        let releasedAt = sockets[socket].use.releasedAt
        if lease < 0, releasedAt >= sentAt { return min(now, releasedAt) &- sentAt }
        return isSure ? now &- min(now, sentAt) : nil
    }

    mutating func take(_ record: ps_socket_reset, _ ordinal: UInt64) {
        notePileup(record)
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.direction == ps_reset_direction.received.rawValue {
            // Data after a close is reported as a reset received, too, but then the socket is not in the ledger any more.
            if let socket = sockets.slot(inode: record.socket_inode, key: record.socket_key) {
                noteEnd(of: socket, isReset: true, isMet: false, mark)
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
            if lateBy < max(Self.reactionTime, 2 &* closed.roundTrip) { answers.prompt &+= 1 }
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
