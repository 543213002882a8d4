// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Sockets whose peer has closed, and which this process keeps.
struct CloseWait: Sendable {
    static let limit = 256

    private var ended = BoundedList<CloseWaitSpan>(limit: Self.limit)

    /// The socket has left CLOSE_WAIT, which it was in for long.
    mutating func left(_ socket: SocketSlot, since began: EventMark, at end: UInt64, _ core: Core) {
        ended.append(span(of: socket, since: began, endedAt: MonotonicInstant(nanoseconds: end), core))
    }

    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        guard let began = core.sockets[socket].closeWait, core.isLongCloseWait(since: began, until: now) else { return }
        left(socket, since: began, at: now, core)
    }

    private func span(
        of socket: SocketSlot, since began: EventMark, endedAt end: MonotonicInstant?, _ core: Core
    ) -> CloseWaitSpan {
        CloseWaitSpan(
            socket: core.summary(ofSocket: socket), event: began.reference, endedAt: end,
            isLeased: core.sockets[socket].firstLease >= 0, isPooled: core.sockets[socket].wasLeased)
    }

    /// Those that ended, and those that are open still; the first one first.
    func result(_ core: Core) -> Listed<CloseWaitSpan> {
        let open = core.sockets.all.compactMap { socket -> CloseWaitSpan? in
            guard let began = core.sockets[socket].closeWait, core.isLongCloseWait(since: began, until: core.now)
            else { return nil }
            return span(of: socket, since: began, endedAt: nil, core)
        }
        return Listed(
            (ended.items + open).sorted { $0.event.ordinal < $1.event.ordinal }, unlisted: ended.unlisted)
    }
}
