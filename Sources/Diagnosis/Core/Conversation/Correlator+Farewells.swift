// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections that the peer ends with a farewell, such as the alert that ends a TLS session. Who reads it at once closes the
/// socket before the peer's FIN or RST is there, and seems to be the one who ended it.
extension Correlator {
    /// More than the alert has (31 bytes).
    private static let farewellSize: UInt64 = 64
    /// Less silence may be a pause within an answer.
    private static let farewellSilence: UInt64 = 50_000_000
    /// A close is the reaction to a farewell, and the peer's RST to the close, within this.
    private static let reactionTime: UInt64 = 50_000_000
    static let farewellLimit = 1024
    private static let established: UInt16 = 1
    private static let close: UInt16 = 7
    private static let closing: UInt16 = 11

    /// Data was received, before it is booked: a few bytes that nobody asked for may be a farewell.
    mutating func noteFarewell(_ io: SocketIO, _ socket: Int32, isAsked: Bool) {
        let now = io.mark.timestamp
        let spokenAt = core.sockets[socket].end.spokenAt
        // A peek moves no bytes, and does not say how many there are.
        let isFarewell =
            !isAsked && (1...Self.farewellSize).contains(io.bytes)
            && now &- min(now, spokenAt) >= Self.farewellSilence
        core.sockets[socket].end.farewellAt = isFarewell ? now : 0
        if isFarewell { core.sockets[socket].end.spokenBeforeFarewell = spokenAt }
    }

    /// The process closes an established connection: perhaps since the peer has just said farewell on it.
    mutating func noteCloseAfterFarewell(_ record: ps_socket_close, _ socket: Int32) {
        let now = record.header.timestamp_ns
        let end = core.sockets[socket].end
        guard end.farewellAt != 0, record.state == Self.established,
            now &- min(now, end.farewellAt) < Self.reactionTime, isOldEnoughToEnd(socket, at: now),
            let endpoint = core.sockets[socket].remote,
            core.sockets[socket].unanswered.request(closedAt: now, farewellTime: core.settings.floors.farewell).sentAt
                == 0
        else { return }
        detectors.answeredFarewells.removeAll { $0.closedAt &+ Self.reactionTime < now }
        guard detectors.answeredFarewells.count < Self.farewellLimit else {
            core.cutOffs.note(.farewells)
            return
        }
        let spokenAt = max(end.spokenBeforeFarewell, connectedAt(socket), core.sockets[socket].lastActivityByCensus)
        detectors.answeredFarewells.append(
            AnsweredFarewell(inode: record.socket_inode, endpoint: endpoint, spokenAt: spokenAt, closedAt: now))
    }

    /// The state of a socket that is closed: a reset, or a FIN that has crossed ours, says that the peer had closed it, too.
    mutating func noteEndAfterFarewell(_ record: ps_socket_state, _ ordinal: UInt64) {
        let isReset = record.new_state == Self.close && record.socket_error > 0
        guard !detectors.answeredFarewells.isEmpty, isReset || record.new_state == Self.closing,
            let index = detectors.answeredFarewells.firstIndex(where: { $0.inode == record.socket_inode })
        else { return }
        let farewell = detectors.answeredFarewells.remove(at: index)
        let now = record.header.timestamp_ns
        guard now &- min(now, farewell.closedAt) < Self.reactionTime else { return }
        let silence = now &- min(now, farewell.spokenAt)
        endedByPeer(
            farewell.endpoint,
            PeerEnd(mark: EventMark(record.header, ordinal: ordinal), silence: silence, isMetAfterIdle: false))
    }
}
