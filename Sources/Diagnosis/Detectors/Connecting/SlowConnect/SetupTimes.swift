// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long the parts took by which connections came into being, and look-ups by name.
struct SetupTimes: Sendable {
    private struct Key: Hashable {
        var endpoint: Endpoint
        var pool: Int32
    }

    private static let tallyLimit = 1024
    private static let nameLimit = 256

    private var tallies: [Key: BirthTally] = [:]
    private var names: [String: NameTally] = [:]
    /// Connections and names beyond those that are told apart.
    private var unlisted: UInt64 = 0

    mutating func lookupReturned(_ lookup: NameLookup, name: String, hasFailed: Bool) {
        if lookup.isLiteral { return }
        guard names[name] != nil || names.count < Self.nameLimit else {
            unlisted &+= 1
            return
        }
        names[name, default: NameTally()].add(lookup.duration, hasFailed: hasFailed)
    }

    mutating func socketGone(_ socket: SocketSlot, _ core: Core) { add(socket, core) }

    private mutating func add(_ socket: SocketSlot, _ core: Core) {
        guard let birth = core.births.state(inode: core.sockets[socket].inode), birth.connected != 0,
            let endpoint = core.sockets[socket].remote
        else { return }
        let key = Key(endpoint: endpoint, pool: birth.pool)
        guard tallies[key] != nil || tallies.count < Self.tallyLimit else {
            unlisted &+= 1
            return
        }
        tallies[key, default: BirthTally()].add(birth, hasNoName: endpoint.port == nil, floors: core.settings.floors)
    }

    /// The most connections first; equals by their text and pool, so that the order does not depend on hashing.
    func addResult(to analysis: inout TraceAnalysis, _ core: Core) {
        var all = self
        for socket in core.sockets.all { all.add(socket, core) }
        analysis.births = all.tallies.map { key, tally in
            let pool = core.pools.indices.contains(Int(key.pool)) ? core.pools[Int(key.pool)].id : nil
            return (tally.summary(endpoint: key.endpoint, pool: pool), key.endpoint.description, key.pool)
        }.sorted { left, right in
            (right.0.connections, left.1, left.2) < (left.0.connections, right.1, right.2)
        }.map(\.0)
        analysis.nameLookups = names.map { $0.value.summary(name: $0.key) }
            .sorted { ($1.lookups, $0.name) < ($0.lookups, $1.name) }
        analysis.irregularities.unplacedHandshakes = core.births.unplacedHandshakes
        analysis.irregularities.unlistedBirths = all.unlisted
    }
}
