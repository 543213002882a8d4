// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What happens to a socket's segments on the way.
extension Correlator {
    private static let halfOpenLimit = 256
    /// SYN_SENT, SYN_RECV: no connection yet. TIME_WAIT and LISTEN send nothing again.
    private static let unconnected: Set<UInt16> = [2, 3, 12]

    mutating func take(_ record: ps_socket_retransmit, _ ordinal: UInt64) {
        guard let socket = core.sockets.slot(inode: record.socket_inode, key: record.socket_key) else { return }
        noteSynRetransmit(record, socket)
        let open = core.sockets[socket].remote.map { detectors.closures.connectedCount($0) } ?? 0
        detectors.timeWait.segmentResent(record, core.sockets.slot(socket), ordinal, open: open, core)
        if Self.unconnected.contains(record.state) { return }
        core.sockets[socket].trip.resend()
        core.sockets[socket].path.resentAt = record.header.timestamp_ns
        // What is not acknowledged is no silence of the peer.
        detectors.silentStall.forget(core.sockets.slot(socket))
        let mark = EventMark(record.header, ordinal: ordinal)
        if core.sockets[socket].segments.firstResent == nil { core.sockets[socket].segments.firstResent = mark }
        core.sockets[socket].segments.lastResent = mark
        if core.sockets[socket].retransmitRun == nil {
            core.sockets[socket].retransmitRun = RetransmitRun(record, ordinal: ordinal)
        } else {
            core.sockets[socket].retransmitRun?.add(record, ordinal: ordinal)
        }
        if isHalfOpen(socket) {
            noteEnd(of: socket, isReset: false, isMet: true, mark)
        }
    }

    /// A census finds nothing that waits for an acknowledgement: the peer has answered. So it has where its window is closed:
    /// the kernel probes a window when all that it sent is acknowledged (net/ipv4/tcp_timer.c, `tcp_probe_timer`). Where
    /// probe after probe is without an answer, it may have vanished since.
    mutating func noteTimer(_ record: ps_census_socket, _ socket: Int32, _ ordinal: UInt64) {
        if record.timer == ps_socket_timer.zero_window.rawValue {
            if record.timer_retries < 2 { core.sockets[socket].retransmitRun = nil }
            let event = EventMark(record.header, ordinal: ordinal).reference
            if core.sockets[socket].closedWindows?.add(event) == nil {
                core.sockets[socket].closedWindows = ClosedWindows(event)
            }
        } else if record.send_queue_bytes == 0, record.timer != ps_socket_timer.retransmit.rawValue {
            core.sockets[socket].retransmitRun = nil
        }
    }

    /// A vanished peer acknowledges nothing: what is sent again to it says nothing of the network's losses.
    func isHalfOpen(_ socket: Int32) -> Bool {
        core.sockets[socket].retransmitRun?.isHalfOpen(core.settings.thresholds) == true
    }

    /// The socket goes while its peer owes an answer.
    mutating func endRetransmitRun(of socket: Int32, at end: UInt64) {
        guard let span = halfOpenSpan(of: socket, endedAt: end) else { return }
        if detectors.halfOpens.count < Self.halfOpenLimit {
            detectors.halfOpens.append(span)
        } else {
            detectors.unlistedHalfOpens &+= 1
        }
    }

    /// `nil`: the peer has answered, or not enough was sent again.
    func halfOpenSpan(of socket: Int32, endedAt end: UInt64?) -> HalfOpenSpan? {
        guard let run = core.sockets[socket].retransmitRun, run.isHalfOpen(core.settings.thresholds) else { return nil }
        var span = HalfOpenSpan(
            socket: core.summary(ofSocket: socket), first: run.first.reference, last: run.last.reference,
            timeouts: UInt64(run.timeouts), timeout: .microseconds(Int64(run.timeoutMicroseconds)),
            unacknowledgedBytes: UInt64(run.unacknowledgedBytes),
            endedAt: end.map { MonotonicInstant(nanoseconds: $0) },
            isLeased: core.sockets[socket].firstLease >= 0)
        note(socket, silentFor: 0, in: &span.keepalive)
        return span
    }
}
