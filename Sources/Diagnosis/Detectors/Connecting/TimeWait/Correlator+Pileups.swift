// SPDX-License-Identifier: Apache-2.0

import CTraceRecords
import TraceModel

/// Sockets that are of no use and still there: ended ones in TIME_WAIT, and those whose SYN nobody answers.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let synSent: UInt16 = 2
    /// ESTABLISHED, FIN_WAIT1, FIN_WAIT2: the peer has not closed.
    private static let closesFirst: Set<UInt16> = [1, 4, 5]

    /// The process closes a socket. With data unread, or an error, it ends by RST and leaves nothing.
    mutating func notePileup(_ record: ps_socket_close, _ socket: Int32, _ ordinal: UInt64) {
        endStuck(socket)
        guard record.protocol == Self.tcp, Self.closesFirst.contains(record.state), record.unread_bytes == 0,
            record.socket_error == 0, !isAccepted(core.sockets[socket]), let endpoint = core.sockets[socket].remote
        else { return }
        let open = detectors.closures.connectedCount(endpoint)
        detectors.pileups.addClose(
            endpoint, open: open &- (core.sockets[socket].isCountedConnected && open > 0 ? 1 : 0),
            at: EventMark(record.header, ordinal: ordinal))
    }

    /// A socket with SO_LINGER of zero sends RST when it is closed.
    mutating func notePileup(_ record: ps_socket_reset) {
        guard record.direction == ps_reset_direction.sent.rawValue, record.is_answer == 0,
            let endpoint = Endpoint(
                family: record.family, address: record.remote_address, port: record.remote_port)
        else { return }
        detectors.pileups.takeBackClose(endpoint, at: record.header.timestamp_ns)
    }

    /// A SYN is sent again: it has not been answered for a second.
    mutating func notePileup(_ record: ps_socket_retransmit, _ socket: Int32, _ ordinal: UInt64) {
        guard record.state == Self.synSent, !core.sockets[socket].isStuck, let endpoint = core.sockets[socket].remote
        else { return }
        core.sockets[socket].isStuck = true
        detectors.pileups.addStuck(
            endpoint, open: detectors.closures.connectedCount(endpoint), at: EventMark(record.header, ordinal: ordinal))
    }

    mutating func endStuck(_ socket: Int32) {
        guard core.sockets[socket].isStuck, let endpoint = core.sockets[socket].remote else { return }
        core.sockets[socket].isStuck = false
        detectors.pileups.removeStuck(endpoint)
    }

    /// By the endpoint's text, so that the order does not depend on hashing.
    func socketPileups() -> [SocketPileup] {
        detectors.pileups.entries.map { endpoint, entry in
            (
                SocketPileup(endpoint: endpoint, waiting: summary(of: entry.waiting), stuck: summary(of: entry.stuck)),
                endpoint.description
            )
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private func summary(of peak: PileupPeak) -> SocketPileup.Peak? {
        guard let first = peak.first, let moment = peak.peak, peak.count > 0 else { return nil }
        return SocketPileup.Peak(
            sockets: peak.count, open: peak.open, first: first.reference, event: moment.reference)
    }
}
