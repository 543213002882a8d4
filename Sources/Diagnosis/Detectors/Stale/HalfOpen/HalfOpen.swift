// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections whose peer has vanished: what is sent to it is sent again and again.
struct HalfOpen: Sendable {
    /// `nil`: nothing was sent again since the last sign of the peer.
    private var runs = SocketColumn(RetransmitRun?.none)
    private var ended = BoundedList<HalfOpenSpan>(limit: 256)

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent) {
        if event.io.isReceive, event.io.isData, runs[event.socket] != nil { runs[event.socket] = nil }
    }

    mutating func segmentResent(_ record: ps_socket_retransmit, _ socket: SocketSlot, _ ordinal: UInt64) {
        if runs[socket] == nil {
            runs[socket] = RetransmitRun(record, ordinal: ordinal)
        } else {
            runs[socket]?.add(record, ordinal: ordinal)
        }
    }

    /// A census finds nothing that waits for an acknowledgement: the peer has answered. So it has where its window is closed:
    /// the kernel probes a window when all that it sent is acknowledged (net/ipv4/tcp_timer.c, `tcp_probe_timer`). Where
    /// probe after probe is without an answer, it may have vanished since.
    mutating func censusSaw(_ record: ps_census_socket, _ socket: SocketSlot) {
        let isAnswered =
            record.timer == ps_socket_timer.zero_window.rawValue
            ? record.timer_retries < 2
            : record.send_queue_bytes == 0 && record.timer != ps_socket_timer.retransmit.rawValue
        if isAnswered, runs[socket] != nil { runs[socket] = nil }
    }

    mutating func callsAggregated(_ record: ps_socket_sum, _ socket: SocketSlot, latest: UInt64) {
        if record.last_receive_ns == latest, runs[socket] != nil { runs[socket] = nil }
    }

    /// The socket goes while its peer owes an answer.
    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        if let span = span(of: socket, endedAt: now, core) { ended.append(span) }
    }

    func isHalfOpen(_ socket: SocketSlot, _ core: Core) -> Bool {
        runs[socket]?.isHalfOpen(core.settings.thresholds) == true
    }

    /// `nil`: the peer has answered, or not enough was sent again.
    private func span(of socket: SocketSlot, endedAt end: UInt64?, _ core: Core) -> HalfOpenSpan? {
        guard let run = runs[socket], run.isHalfOpen(core.settings.thresholds) else { return nil }
        var span = HalfOpenSpan(
            socket: core.summary(ofSocket: socket), first: run.first.reference, last: run.last.reference,
            timeouts: UInt64(run.timeouts), timeout: .microseconds(Int64(run.timeoutMicroseconds)),
            unacknowledgedBytes: UInt64(run.unacknowledgedBytes),
            endedAt: end.map { MonotonicInstant(nanoseconds: $0) },
            isLeased: core.sockets[socket].firstLease >= 0)
        span.keepalive = core.keepaliveUse(of: socket, silentFor: 0)
        return span
    }

    /// Live sockets whose peer has vanished.
    func vanished(_ core: Core) -> Set<SocketSlot> { Set(core.sockets.all.filter { isHalfOpen($0, core) }) }

    /// Those that ended, and those that are open still; the first one first.
    func result(_ core: Core) -> Listed<HalfOpenSpan> {
        let spans = ended.items + core.sockets.all.compactMap { span(of: $0, endedAt: nil, core) }
        return Listed(spans.sorted { $0.first.ordinal < $1.first.ordinal }, unlisted: ended.unlisted)
    }
}
