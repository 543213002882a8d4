// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Answers that come when nobody waits for them any more.
struct PrematureTimeout: Sendable {
    private var answers = BoundedTable<Endpoint, LateAnswers>(limit: Self.limit)
    /// Sockets whose answer may still come.
    private var justClosed: [ClosedSocket] = []
    /// Endpoints, and sockets whose answer may still come.
    static let limit = 1024
    /// Closes with a request out that were not watched, as there were too many at one time.
    private var unwatched: UInt64 = 0

    private static let tcp: UInt16 = 6

    /// An answer that comes sooner may be the peer's reaction to the close.
    private static let reactionTime: UInt64 = 5_000_000

    /// The process closes a socket. A request that is followed by its close at once is a farewell, such as QUIT or the
    /// end of a TLS session, and its answer is not waited for; what was asked before it is.
    mutating func socketClosing(
        _ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core
    ) {
        let now = record.header.timestamp_ns
        let request = core.sockets[socket].unanswered.request(
            closedAt: now, farewellTime: core.settings.floors.farewell)
        guard record.protocol == Self.tcp, request.sentAt > 0, !core.isAccepted(socket),
            let endpoint = core.sockets[socket].remote,
            let waited = waited(for: request.sentAt, isSure: request.isSure, on: socket, until: now, core)
        else { return }
        let closed = ClosedSocket(
            inode: record.socket_inode, endpoint: endpoint, closedAt: now, waited: waited,
            roundTrip: UInt64(core.sockets[socket].roundTripMicroseconds) &* 1000,
            descriptor: core.sockets[socket].descriptor, stackID: core.sockets[socket].openStack)
        guard closed.waited >= core.settings.floors.farewell else { return }
        if record.unreadData > 0 {
            add(closed, lateBy: nil, EventMark(record.header, ordinal: ordinal), core)
            return
        }
        let late = core.settings.thresholds[PrematureTimeoutRule.late].clampedNanoseconds
        justClosed.removeAll { $0.closedAt &+ late < now }
        if justClosed.count < Self.limit { justClosed.append(closed) } else { unwatched &+= 1 }
    }

    /// Who leases a connection waits until it gives it back.
    ///
    /// `nil`: it may be a notice that nobody answers, and no lease says that it was waited for.
    private func waited(
        for sentAt: UInt64, isSure: Bool, on socket: SocketSlot, until now: UInt64, _ core: Core
    ) -> UInt64? {
        let lease = core.sockets[socket].firstLease
        if lease >= 0, core.leases[lease].acquired.timestamp <= sentAt { return now &- min(now, sentAt) }
        let releasedAt = core.sockets[socket].use.releasedAt
        if lease < 0, releasedAt >= sentAt { return min(now, releasedAt) &- sentAt }
        return isSure ? now &- min(now, sentAt) : nil
    }

    /// A reset was sent: data has come to a socket that is closed.
    mutating func resetSent(_ record: ps_socket_reset, _ mark: EventMark, _ core: Core) {
        guard record.is_answer != 0, let index = justClosed.firstIndex(where: { $0.inode == record.socket_inode })
        else { return }
        let closed = justClosed.remove(at: index)
        let lateBy = mark.timestamp >= closed.closedAt ? mark.timestamp - closed.closedAt : 0
        if lateBy <= core.settings.thresholds[PrematureTimeoutRule.late].clampedNanoseconds {
            add(closed, lateBy: lateBy, mark, core)
        }
    }

    private mutating func add(_ closed: ClosedSocket, lateBy: UInt64?, _ mark: EventMark, _ core: Core) {
        let stack = closed.stackID >= 0 ? core.stacks.resolve(stackID: closed.stackID) : nil
        answers.update(closed.endpoint, initial: LateAnswers(endpoint: closed.endpoint)) { answers in
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
            answers.stack = stack ?? answers.stack
        }
    }

    /// The first one first. Not listed: closes of which it is not known whether an answer came.
    var result: Listed<LateAnswers> {
        Listed(
            answers.values.values.sorted { ($0.first?.ordinal ?? 0) < ($1.first?.ordinal ?? 0) },
            unlisted: answers.unlisted &+ unwatched)
    }
}
