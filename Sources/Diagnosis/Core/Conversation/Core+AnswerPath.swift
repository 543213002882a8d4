// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The way between a socket and its peer.
extension Core {
    private static let tcp: UInt16 = 6
    private static let established: UInt16 = 1
    private static let synSent: UInt16 = 2

    /// A TCP socket goes to `state`: its SYN is sent, or answered.
    ///
    /// - Returns: how long the answer took; `nil`: it is none, or its SYN is not in the trace.
    mutating func noteConnecting(_ socket: Int32, to state: UInt16, at now: UInt64) -> UInt64? {
        let since = sockets[socket].connectingSince
        sockets[socket].connectingSince = state == Self.synSent ? now : 0
        guard state == Self.established, since != 0, sockets[socket].remote != nil else { return nil }
        let took = elapsed(from: since, to: now)
        if took < AnswerPath.longestConnect { sockets[socket].path.connect = max(1, took) }
        return took
    }

    /// A census measures the way. That of a socket from before the trace is the way of the connections to the same endpoint.
    ///
    /// - Parameter shortest: the least time in which one of them was made; `nil`: none was.
    mutating func notePath(_ record: ps_census_socket, _ socket: Int32, shortest: UInt64?) {
        let smoothed = UInt64(record.round_trip_us) &* 1000
        if smoothed != 0 {
            let known = sockets[socket].path.smoothed
            sockets[socket].path.smoothed = known == 0 ? smoothed : min(known, smoothed)
        }
        guard record.protocol == Self.tcp, !isAccepted(socket), let shortest, shortest < AnswerPath.longestConnect
        else { return }
        sockets[socket].path.connect = max(1, shortest)
    }
}
