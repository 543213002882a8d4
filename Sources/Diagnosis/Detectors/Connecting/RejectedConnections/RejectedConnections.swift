// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections that end in their start-up: the server answers, and the answer is that it will not, as when it has as many
/// connections as it allows, or knows no such user. What it says is payload, which is not recorded; that nothing follows is.
struct RejectedConnections: Detector {
    private static let tcp: UInt16 = 6
    /// From the last words of the server to the close by this side.
    private static let leaveTime: UInt64 = 1_000_000_000
    /// What is sent right before the close is a farewell, such as TLS's close_notify.
    private static let farewellTime: UInt64 = 10_000_000

    private var ledger = StartUpLedger()

    /// A socket is closed that may have been dialled for a pool in vain.
    mutating func socketGone(_ socket: SocketSlot, at now: UInt64, _ core: Core) {
        guard let birth = core.births.state(inode: core.sockets[socket].inode), birth.connected != 0,
            birth.firstLeased == 0,
            !birth.isHandshakeFailed, let endpoint = core.sockets[socket].remote,
            let exchange = core.sockets[socket].lastActivity
        else { return }
        let end = core.sockets[socket].end
        guard end.heardAt != 0, now &- min(now, end.heardAt) <= Self.leaveTime,
            end.spokenAt == end.heardAt || now &- min(now, end.spokenAt) <= Self.farewellTime
        else { return }
        ledger.closed(
            UnleasedConnection(
                endpoint: endpoint, holder: birth.holder, bornAt: core.sockets[socket].bornAt, closedAt: now,
                lastExchange: exchange,
                others: core.sockets[socket].protocolNumber == Self.tcp
                    ? core.otherConnections(to: endpoint, than: socket) : nil))
    }

    /// An acquire comes back with an error.
    mutating func acquireFailed(
        _ mark: EventMark, pool: Int32, request: PendingAcquire, error: FailureLedger.Key, _ core: Core
    ) {
        let endpoints = core.pools[Int(pool)].endpoints
        guard let connection = ledger.take(for: request, at: mark.timestamp, endpoints: endpoints) else { return }
        ledger.failed(
            StartUpLedger.Key(pool: pool, endpoint: connection.endpoint),
            StartUpState.Failure(connection: connection, mark: mark, site: request.site), error: error)
    }

    /// A connection has its first lease.
    mutating func firstLeased(_ socket: SocketSlot, pool: Int32, at now: UInt64, _ core: Core) {
        guard let endpoint = core.sockets[socket].remote else { return }
        ledger.succeeded(StartUpLedger.Key(pool: pool, endpoint: endpoint), at: now)
    }

    /// In the order of their first failures.
    ///
    func items(_ core: Core) -> [EndedStartUp] {
        ledger.entries.compactMap { key, state -> EndedStartUp? in
            // An acquire that its caller gave up ends so whatever the server has said.
            let named = state.failures.map { (name: core.errorName($0.key), failures: $0.value) }.filter {
                ![.cancelled, .deadline].contains(Cancellation(error: $0.name))
            }
            guard let first = named.map(\.failures.first).min(by: { $0.mark.ordinal < $1.mark.ordinal }),
                let last = named.map(\.failures.last).max(by: { $0.mark.ordinal < $1.mark.ordinal })
            else { return nil }
            let counts = Dictionary(named.map { ($0.name, $0.failures.count) }, uniquingKeysWith: &+)
            let errors = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return EndedStartUp(
                pool: core.pools[Int(key.pool)].id, endpoint: key.endpoint,
                count: errors.reduce(0) { $0 &+ $1.value }, successes: state.successes,
                isLastFailed: state.lastSucceeded < last.mark.timestamp,
                errors: errors.map { (name: $0.key, count: $0.value) },
                connectionsAtFirst: first.connection.others, connectionsAtLast: last.connection.others,
                firstExchange: first.connection.lastExchange.reference,
                lastExchange: last.connection.lastExchange.reference,
                first: first.mark.reference, last: last.mark.reference,
                stack: core.stack(ofSite: last.site, pool: Int(key.pool)))
        }.sorted { $0.first.ordinal < $1.first.ordinal }
    }

    /// New connections of pools and endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
