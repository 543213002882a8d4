// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// New connections of pools by whether they got as far as a lease, or ended in their start-up.
struct StartUpLedger {
    struct Key: Hashable {
        var pool: Int32
        var endpoint: Endpoint
    }

    static let limit = 1024
    /// An acquire comes back with the error right after its connection was closed.
    private static let returnTime: UInt64 = 1_000_000_000
    private static let recentLimit = 64

    private(set) var entries: [Key: StartUpState] = [:]
    /// New connections of pools and endpoints beyond the limit.
    private(set) var unlisted: UInt64 = 0
    /// Closed a moment ago, the oldest first; the acquires that they were made for have not come back yet.
    private var recent: [UnleasedConnection] = []

    mutating func closed(_ connection: UnleasedConnection) {
        recent.removeAll { $0.closedAt &+ Self.returnTime < connection.closedAt }
        if recent.count >= Self.recentLimit { recent.removeFirst() }
        recent.append(connection)
    }

    /// The connection that was made for an acquire which comes back with an error, and that is no other's any more. It is
    /// the latest one that the caller dialled meanwhile; where others dial for it, one to the pool's endpoint.
    ///
    /// - Parameter endpoints: Of the pool, as far as they are known.
    mutating func take(for request: PendingAcquire, at now: UInt64, endpoints: [PoolEndpoint]) -> UnleasedConnection? {
        recent.removeAll { $0.closedAt &+ Self.returnTime < now }
        let begin = request.begin.timestamp
        func isOwn(_ connection: UnleasedConnection) -> Bool {
            connection.holder == request.key.holder && connection.bornAt >= begin
        }
        if let own = recent.last(where: isOwn) {
            recent.removeAll(where: isOwn)
            return own
        }
        guard !request.isDialling else { return nil }
        let candidates = recent.filter { connection in
            connection.closedAt >= begin
                && (endpoints.isEmpty || endpoints.contains { $0.endpoint == connection.endpoint })
        }
        // Of a pool that never had a connection the endpoint must be beyond doubt.
        guard let found = candidates.first, candidates.allSatisfy({ $0.endpoint == found.endpoint }) else { return nil }
        recent.removeAll { $0.closedAt == found.closedAt && $0.lastExchange.ordinal == found.lastExchange.ordinal }
        return found
    }

    mutating func failed(_ key: Key, _ failure: StartUpState.Failure, error: FailureLedger.Key) {
        guard hasRoom(for: key) else { return }
        entries[key, default: StartUpState()].failed(failure, error: error)
    }

    mutating func succeeded(_ key: Key, at now: UInt64) {
        guard hasRoom(for: key) else { return }
        entries[key, default: StartUpState()].succeeded(at: now)
    }

    private mutating func hasRoom(for key: Key) -> Bool {
        if entries[key] != nil || entries.count < Self.limit { return true }
        unlisted &+= 1
        return false
    }
}
