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
        let request = core.sockets[socket].unanswered.request(closedAt: now, farewellTime: core.floors.farewell)
        guard record.protocol == Self.tcp, request.sentAt > 0, !isAccepted(core.sockets[socket]),
            let endpoint = core.sockets[socket].remote,
            let waited = waited(for: request.sentAt, isSure: request.isSure, on: socket, until: now)
        else { return }
        let closed = ClosedSocket(
            inode: record.socket_inode, endpoint: endpoint, closedAt: now, waited: waited,
            roundTrip: UInt64(core.sockets[socket].roundTripMicroseconds) &* 1000,
            descriptor: core.sockets[socket].descriptor, stackID: core.sockets[socket].openStack)
        guard closed.waited >= core.floors.farewell else { return }
        if record.unreadData > 0 {
            add(closed, lateBy: nil, EventMark(record.header, ordinal: ordinal))
            return
        }
        let late = core.thresholds.prematureTimeoutLate.clampedNanoseconds
        detectors.justClosed.removeAll { $0.closedAt &+ late < now }
        if detectors.justClosed.count < Self.closedLimit { detectors.justClosed.append(closed) }
    }

    /// Who leases a connection waits until it gives it back.
    ///
    /// `nil`: it may be a notice that nobody answers, and no lease says that it was waited for.
    private func waited(for sentAt: UInt64, isSure: Bool, on socket: Int32, until now: UInt64) -> UInt64? {
        let lease = core.sockets[socket].firstLease
        if lease >= 0, core.leases[lease].acquired.timestamp <= sentAt { return now &- min(now, sentAt) }
        let releasedAt = core.sockets[socket].use.releasedAt
        if lease < 0, releasedAt >= sentAt { return min(now, releasedAt) &- sentAt }
        return isSure ? now &- min(now, sentAt) : nil
    }

    mutating func take(_ record: ps_socket_reset, _ ordinal: UInt64) {
        notePileup(record)
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.direction == ps_reset_direction.received.rawValue {
            // Data after a close is reported as a reset received, too, but then the socket is not in the ledger any more.
            if let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) {
                noteEnd(of: socket, isReset: true, isMet: false, mark)
            }
            return
        }
        guard record.is_answer != 0, let index = detectors.justClosed.firstIndex(where: { $0.inode == record.socket_inode })
        else { return }
        let closed = detectors.justClosed.remove(at: index)
        let lateBy = mark.timestamp >= closed.closedAt ? mark.timestamp - closed.closedAt : 0
        if lateBy <= core.thresholds.prematureTimeoutLate.clampedNanoseconds { add(closed, lateBy: lateBy, mark) }
    }

    private mutating func add(_ closed: ClosedSocket, lateBy: UInt64?, _ mark: EventMark) {
        if detectors.lateAnswers[closed.endpoint] == nil, detectors.lateAnswers.count >= Self.endpointLimit { return }
        var answers = detectors.lateAnswers[closed.endpoint] ?? LateAnswers(endpoint: closed.endpoint)
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
        if closed.stackID >= 0 { answers.stack = core.stacks.resolve(stackID: closed.stackID) }
        detectors.lateAnswers[closed.endpoint] = answers
    }
}
