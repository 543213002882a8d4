// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How attempts to connect end. TCP and Unix sockets only: connect(2) of a datagram socket asks nobody, and fails in
/// every healthy resolver that looks for a route.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1
    private static let synSent: UInt16 = 2
    private static let established: UInt16 = 1
    private static let close: UInt16 = 7
    private static let closeWait: UInt16 = 8
    /// From the last words of a peer to its FIN.
    private static let farewellTime: UInt64 = 50_000_000
    /// An application that gives up sooner has lost interest, as in a race of two addresses: the first SYN is sent again
    /// after a second (TCP_TIMEOUT_INIT).
    private static let patience: UInt64 = 1_000_000_000
    /// EINTR, and the kernel's own ERESTARTSYS, which the caller sees as EINTR, or not at all (SA_RESTART).
    static let interrupted: Set<Int32> = [-4, -512]
    /// EINPROGRESS or interrupted: the attempt goes on.
    private static let unfinished: Set<Int32> = interrupted.union([-115])
    /// EALREADY, EISCONN: a question about an earlier attempt.
    private static let repeated: Set<Int32> = [-114, -106]
    /// EBADF, EFAULT, ENOTSOCK, EAFNOSUPPORT, EINVAL: a wrong call, of which no peer hears.
    private static let misuse: Set<Int32> = [-9, -14, -88, -97, -22]

    mutating func noteConnect(_ record: ps_socket_connect, _ socket: Int32, _ ordinal: UInt64) {
        let isUnix = record.family == Self.unix
        guard isUnix || record.protocol == Self.tcp, record.family != 0 else { return }
        if Self.repeated.contains(record.result) || Self.misuse.contains(record.result) { return }
        let now = record.header.timestamp_ns
        var started = now >= record.duration_ns ? now - record.duration_ns : now
        if core.sockets[socket].connect.isInterrupted {
            core.sockets[socket].connect.isInterrupted = Self.interrupted.contains(record.result)
            if !core.sockets[socket].connect.isPending { return }  // it has ended meanwhile: this call was told so
            started = core.sockets[socket].connect.startedAt
        } else {
            core.sockets[socket].connect.isInterrupted = Self.interrupted.contains(record.result)
            core.sockets[socket].connect.startedAt = started
            core.sockets[socket].connect.isUnanswered = false
            if let endpoint = core.sockets[socket].remote { detectors.closures.dialled(endpoint, at: now) }
        }
        core.sockets[socket].connect.stackID = record.stack_id
        let mark = EventMark(record.header, ordinal: ordinal)
        // A Unix socket that may not wait for room in the listener's queue has failed; a TCP one is under way.
        if !Self.unfinished.contains(record.result) {
            settleConnect(of: socket, error: -record.result, isSuccess: record.result == 0, mark)
        } else if let ended = core.sockets[socket].connect.handshakeMark, ended.timestamp >= started {
            let isSuccess = core.sockets[socket].connect.isEstablished
            settleConnect(of: socket, error: core.sockets[socket].connect.handshakeError, isSuccess: isSuccess, ended)
        } else {
            core.sockets[socket].connect.isPending = true
        }
    }

    mutating func noteHandshake(_ record: ps_socket_state, _ socket: Int32, _ ordinal: UInt64) {
        guard record.old_state == Self.synSent else { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        let isSuccess = record.new_state == Self.established
        core.sockets[socket].connect.handshakeMark = mark
        core.sockets[socket].connect.handshakeError = record.socket_error
        core.sockets[socket].connect.isEstablished = isSuccess
        if core.sockets[socket].connect.isPending {
            settleConnect(of: socket, error: record.socket_error, isSuccess: isSuccess, mark)
        }
    }

    mutating func noteSynRetransmit(_ record: ps_socket_retransmit, _ socket: Int32) {
        if record.state == Self.synSent { core.sockets[socket].connect.isUnanswered = true }
    }

    /// The socket is closed while it may still be connecting.
    mutating func noteCloseWhileConnecting(_ socket: Int32, _ mark: EventMark) {
        guard core.sockets[socket].connect.isPending else { return }
        if !isStateTraced {
            detectors.connects.undecided &+= 1
        } else {
            let isSuccess = core.sockets[socket].receivedBytes > 0 || core.sockets[socket].sentBytes > 0
            settleConnect(of: socket, error: 0, isSuccess: isSuccess, mark)
        }
    }

    /// The peer ends an established connection: by FIN, or by RST, which leaves its error on the socket.
    mutating func notePeerClose(_ record: ps_socket_state, _ socket: Int32, _ ordinal: UInt64) {
        guard record.old_state == Self.established,
            record.new_state == Self.closeWait || (record.new_state == Self.close && record.socket_error > 0),
            let endpoint = core.sockets[socket].remote
        else { return }
        let now = record.header.timestamp_ns
        guard isOldEnoughToEnd(socket, at: now) else { return }
        if core.sockets[socket].isCountedConnected {
            core.sockets[socket].isCountedConnected = false
            detectors.closures.disconnected(endpoint)
        }
        let end = PeerEnd(
            mark: EventMark(record.header, ordinal: ordinal), silence: now &- min(now, spokenAt(socket, before: now)),
            isMetAfterIdle: core.sockets[socket].idleBefore > 0)
        endedByPeer(endpoint, end)
    }

    /// A connection of this process's own. What is younger was closed after one request, as a server does that keeps no
    /// connections.
    func isOldEnoughToEnd(_ socket: Int32, at now: UInt64) -> Bool {
        let bornAt = core.sockets[socket].bornAt
        let window = core.settings.thresholds[MassInvalidationRule.window].clampedNanoseconds
        return !core.isAccepted(socket) && (bornAt == 0 || now &- min(now, bornAt) >= window)
    }

    mutating func endedByPeer(_ endpoint: Endpoint, _ end: PeerEnd) {
        let survived = detectors.survivals[endpoint]?.longestSurvived.clampedNanoseconds ?? 0
        if let began = detectors.closures.ended(endpoint, end, survived: survived, core.settings.thresholds) {
            noteWave(at: endpoint, from: began, to: end.mark.timestamp)
        }
    }

    /// When something was sent or received last; not what the peer says right before it ends the connection.
    private func spokenAt(_ socket: Int32, before now: UInt64) -> UInt64 {
        let end = core.sockets[socket].end
        if end.spokenAt == 0 { return max(connectedAt(socket), core.sockets[socket].lastActivityByCensus) }
        let isFarewell = end.spokenBefore != 0 && now &- min(now, end.spokenAt) < Self.farewellTime
        return isFarewell ? end.spokenBefore : end.spokenAt
    }

    /// Keeps the number of connections by endpoint.
    mutating func countConnected(_ socket: Int32, isOpen: Bool) {
        let isConnected =
            isOpen && core.sockets[socket].state == Self.established && core.sockets[socket].protocolNumber == Self.tcp
            && !core.sockets[socket].isAccepted
        guard isConnected != core.sockets[socket].isCountedConnected, let endpoint = core.sockets[socket].remote else {
            return
        }
        core.sockets[socket].isCountedConnected = isConnected
        if isConnected { detectors.closures.connected(endpoint) } else { detectors.closures.disconnected(endpoint) }
    }

    private var isStateTraced: Bool {
        core.plan.map { $0.kernelProbes.contains { $0.delivers(.socketState) } } ?? true
    }

    private mutating func settleConnect(of socket: Int32, error: Int32, isSuccess: Bool, _ mark: EventMark) {
        let attempt = core.sockets[socket].connect
        core.sockets[socket].connect.isPending = false
        guard let endpoint = core.sockets[socket].remote else {
            detectors.connects.undecided &+= 1
            return
        }
        let rateLimit = core.settings.thresholds[ReconnectStormRule.rate]
        if isSuccess {
            detectors.connects.succeeded(endpoint, started: attempt.startedAt, at: mark.timestamp, rateLimit: rateLimit)
            return
        }
        let length = mark.timestamp >= attempt.startedAt ? mark.timestamp - attempt.startedAt : 0
        if error == 0, length < Self.patience, !attempt.isUnanswered { return }
        detectors.connects.failed(
            endpoint, error: error, started: attempt.startedAt, mark: mark, descriptor: core.sockets[socket].descriptor,
            stackID: attempt.stackID, rateLimit: rateLimit)
    }

    /// By endpoint, the most failures first.
    func connectSummaries() -> [ConnectSummary] {
        detectors.connects.entries.values.map { entry in
            var summary = entry.summary
            summary.retries = entry.retries.summary
            summary.stack = entry.stackID < 0 ? nil : core.stacks.resolve(stackID: entry.stackID)
            return (summary, summary.endpoint.description)
        }
        .sorted { ($1.0.failureCount, $0.1) < ($0.0.failureCount, $1.1) }.map(\.0)
    }
}
