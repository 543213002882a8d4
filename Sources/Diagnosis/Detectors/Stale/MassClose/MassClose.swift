// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Peers that end most of their connections at one time.
///
/// Some say farewell first, as by the alert that ends a TLS session. Who reads it at once closes the socket before the peer's
/// FIN or RST is there, and seems to be the one who ended it.
struct MassClose: Sendable {
    /// A close is the reaction to a farewell, and the peer's RST to the close, within this.
    private static let reactionTime: UInt64 = 50_000_000
    static let farewellLimit = 1024
    private static let established: UInt16 = 1
    private static let close: UInt16 = 7
    private static let closing: UInt16 = 11

    private var ledger = ClosureLedger()
    /// Sockets whose peer may turn out to have ended them.
    private var farewells: [AnsweredFarewell] = []
    /// Closes after a farewell that were not kept, as there were too many at one time.
    private(set) var unlistedFarewells: UInt64 = 0

    /// The process closes an established connection: perhaps since the peer has just said farewell on it.
    mutating func socketClosing(_ record: ps_socket_close, _ socket: SocketSlot, _ core: Core) {
        let now = record.header.timestamp_ns
        let end = core.sockets[socket].end
        guard end.farewellAt != 0, record.state == Self.established,
            now &- min(now, end.farewellAt) < Self.reactionTime, core.isOldEnoughToEnd(socket, at: now),
            let endpoint = core.sockets[socket].remote,
            core.sockets[socket].unanswered.request(closedAt: now, farewellTime: core.settings.floors.farewell).sentAt
                == 0
        else { return }
        farewells.removeAll { $0.closedAt &+ Self.reactionTime < now }
        guard farewells.count < Self.farewellLimit else {
            unlistedFarewells &+= 1
            return
        }
        let spokenAt = max(
            end.spokenBeforeFarewell, core.connectedAt(socket), core.sockets[socket].lastActivityByCensus)
        farewells.append(
            AnsweredFarewell(inode: record.socket_inode, endpoint: endpoint, spokenAt: spokenAt, closedAt: now))
    }

    /// The state of a socket that is closed: a reset, or a FIN that has crossed ours, shows that the peer had closed it, too.
    ///
    /// - Returns: the end of the connection, by its peer.
    mutating func closedSocketChanged(_ record: ps_socket_state, _ ordinal: UInt64) -> (Endpoint, PeerEnd)? {
        let isReset = record.new_state == Self.close && record.socket_error > 0
        guard !farewells.isEmpty, isReset || record.new_state == Self.closing,
            let index = farewells.firstIndex(where: { $0.inode == record.socket_inode })
        else { return nil }
        let farewell = farewells.remove(at: index)
        let now = record.header.timestamp_ns
        guard now &- min(now, farewell.closedAt) < Self.reactionTime else { return nil }
        let silence = now &- min(now, farewell.spokenAt)
        let end = PeerEnd(mark: EventMark(record.header, ordinal: ordinal), silence: silence, isMetAfterIdle: false)
        return (farewell.endpoint, end)
    }

    /// The peer ended a connection, which is not among those connected any more.
    ///
    /// - Parameter survived: the longest silence that a connection to the endpoint has survived, in nanoseconds.
    /// - Returns: when the wave began that it is part of, where the rule asks for such; else `nil`.
    mutating func ended(_ endpoint: Endpoint, _ end: PeerEnd, survived: UInt64, _ core: Core) -> UInt64? {
        guard core.endpointConnections.isCounted(endpoint) else { return nil }
        return ledger.ended(
            endpoint, end, connected: core.endpointConnections.count(endpoint), survived: survived,
            core.settings.thresholds)
    }

    /// An attempt to connect begins.
    mutating func dialled(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        if let endpoint = core.sockets[socket].remote { ledger.dialled(endpoint, at: now) }
    }

    /// Of each endpoint the worst wave by what the rule asks, in the order of time.
    var result: [MassClosure] { ledger.worst }
}
