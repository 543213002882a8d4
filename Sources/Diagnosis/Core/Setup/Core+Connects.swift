// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How attempts to connect go. TCP and Unix sockets only: connect(2) of a datagram socket asks nobody, and fails in
/// every healthy resolver that looks for a route.
extension Core {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1
    private static let synSent: UInt16 = 2
    private static let established: UInt16 = 1
    private static let close: UInt16 = 7
    private static let inProgress: Int32 = -115
    /// EINTR, and the kernel's own ERESTARTSYS, which the caller sees as EINTR, or not at all (SA_RESTART).
    private static let interrupted: Set<Int32> = [-4, -512]
    /// EINPROGRESS or interrupted: the attempt goes on.
    private static let unfinished: Set<Int32> = interrupted.union([inProgress])
    /// EALREADY, EISCONN: a question about an earlier attempt.
    private static let repeated: Set<Int32> = [-114, -106]
    /// EBADF, EFAULT, ENOTSOCK, EAFNOSUPPORT, EINVAL: a wrong call, of which no peer hears.
    private static let misuse: Set<Int32> = [-9, -14, -88, -97, -22]

    /// connect(2) has returned.
    mutating func connectReturned(_ record: ps_socket_connect, _ socket: Int32, _ ordinal: UInt64) -> ConnectReturn {
        let remote = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        if let remote { sockets[socket].remote = remote }
        sockets[socket].connects &+= 1
        if record.result < 0, !Self.unfinished.contains(record.result), !sockets[socket].isFailureCounted {
            sockets[socket].failedConnects &+= 1
        }
        sockets[socket].isFailureCounted = false
        sockets.refer(record.descriptor, to: socket)
        return noteAttempt(record, socket, ordinal)
    }

    private mutating func noteAttempt(
        _ record: ps_socket_connect, _ socket: Int32, _ ordinal: UInt64
    ) -> ConnectReturn {
        var outcome = ConnectReturn()
        guard record.family == Self.unix || record.protocol == Self.tcp, record.family != 0,
            !Self.repeated.contains(record.result), !Self.misuse.contains(record.result)
        else { return outcome }
        let now = record.header.timestamp_ns
        var started = now >= record.duration_ns ? now - record.duration_ns : now
        let isContinued = sockets[socket].connect.isInterrupted
        sockets[socket].connect.isInterrupted = Self.interrupted.contains(record.result)
        if isContinued {
            // It has ended meanwhile: this call was told so.
            if !sockets[socket].connect.isPending { return outcome }
            started = sockets[socket].connect.startedAt
        } else {
            sockets[socket].connect.startedAt = started
            sockets[socket].connect.isUnanswered = false
            outcome.isNew = true
        }
        sockets[socket].connect.stackID = record.stack_id
        // A Unix socket that may not wait for room in the listener's queue has failed; a TCP one is under way.
        if !Self.unfinished.contains(record.result) {
            let mark = EventMark(record.header, ordinal: ordinal)
            outcome.end = ConnectEnd(mark: mark, isSuccess: record.result == 0, error: 0 &- record.result)
        } else if let ended = sockets[socket].connect.handshakeMark, ended.timestamp >= started {
            outcome.end = ConnectEnd(
                mark: ended, isSuccess: sockets[socket].connect.isEstablished,
                error: sockets[socket].connect.handshakeError)
        }
        sockets[socket].connect.isPending = outcome.end == nil
        return outcome
    }

    /// A state is left that is that of an attempt.
    ///
    /// - Returns: the end of an attempt whose connect(2) has returned before.
    mutating func noteHandshake(_ record: ps_socket_state, _ socket: Int32, _ mark: EventMark) -> ConnectEnd? {
        guard record.old_state == Self.synSent else { return nil }
        if record.new_state == Self.close {
            sockets[socket].failedConnects &+= 1
            sockets[socket].isFailureCounted = true
        }
        let isSuccess = record.new_state == Self.established
        sockets[socket].connect.handshakeMark = mark
        sockets[socket].connect.handshakeError = record.socket_error
        sockets[socket].connect.isEstablished = isSuccess
        guard sockets[socket].connect.isPending else { return nil }
        sockets[socket].connect.isPending = false
        return ConnectEnd(mark: mark, isSuccess: isSuccess, error: record.socket_error)
    }

    /// A segment is sent again.
    mutating func noteResent(_ record: ps_socket_retransmit, _ socket: Int32) {
        if record.state == Self.synSent { sockets[socket].connect.isUnanswered = true }
        if record.isOfConnection { sockets[socket].path.resentAt = record.header.timestamp_ns }
    }

    /// When the socket was connected, or seen first.
    func connectedAt(_ socket: SocketSlot) -> UInt64 {
        let connect = sockets[socket].connect
        if connect.isEstablished, let mark = connect.handshakeMark { return mark.timestamp }
        let bornAt = sockets[socket].bornAt
        return bornAt != 0 ? max(bornAt, connect.startedAt) : sockets[socket].firstSeen
    }
}

extension ps_socket_retransmit {
    /// SYN_SENT, SYN_RECV: no connection yet. TIME_WAIT and LISTEN send nothing again.
    private static let unconnected: Set<UInt16> = [2, 3, 12]

    /// What is sent again is of a connection, not of an attempt to make one.
    var isOfConnection: Bool { !Self.unconnected.contains(state) }
}
