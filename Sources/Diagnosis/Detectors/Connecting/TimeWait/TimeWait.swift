// SPDX-License-Identifier: Apache-2.0

import CTraceRecords
import TraceModel

/// Sockets that are of no use and still there: ended ones in TIME_WAIT, and those whose SYN nobody answers.
struct TimeWait: Sendable {
    private var ledger = PileupLedger()
    /// Its SYN was sent again, and is not answered.
    private var isStuck = SocketColumn(false)

    private static let tcp: UInt16 = 6
    private static let synSent: UInt16 = 2
    /// ESTABLISHED, FIN_WAIT1, FIN_WAIT2: the peer has not closed.
    private static let closesFirst: Set<UInt16> = [1, 4, 5]

    /// The process closes a socket. With data unread, or an error, it ends by RST and leaves nothing.
    mutating func socketClosing(
        _ record: ps_socket_close, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core
    ) {
        endStuck(socket, core)
        guard record.protocol == Self.tcp, Self.closesFirst.contains(record.state), record.unread_bytes == 0,
            record.socket_error == 0, !core.isAccepted(socket), let endpoint = core.sockets[socket].remote
        else { return }
        ledger.addClose(
            endpoint, open: core.otherConnections(to: endpoint, than: socket),
            at: EventMark(record.header, ordinal: ordinal))
    }

    /// A socket with SO_LINGER of zero sends RST when it is closed.
    mutating func connectionReset(_ record: ps_socket_reset) {
        guard record.direction == ps_reset_direction.sent.rawValue, record.is_answer == 0,
            let endpoint = Endpoint(
                family: record.family, address: record.remote_address, port: record.remote_port)
        else { return }
        ledger.takeBackClose(endpoint, at: record.header.timestamp_ns)
    }

    /// A SYN is sent again: it has not been answered for a second.
    mutating func segmentResent(
        _ record: ps_socket_retransmit, _ socket: SocketSlot, _ ordinal: UInt64, _ core: Core
    ) {
        guard record.state == Self.synSent, !isStuck[socket], let endpoint = core.sockets[socket].remote
        else { return }
        isStuck[socket] = true
        ledger.addStuck(
            endpoint, open: core.endpointConnections.count(endpoint), at: EventMark(record.header, ordinal: ordinal))
    }

    mutating func endStuck(_ socket: SocketSlot, _ core: Core) {
        guard isStuck[socket], let endpoint = core.sockets[socket].remote else { return }
        isStuck[socket] = false
        ledger.removeStuck(endpoint)
    }

    /// By the endpoint's text, so that the order does not depend on hashing.
    var result: [SocketPileup] {
        ledger.entries.map { endpoint, entry in
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

    /// Endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
