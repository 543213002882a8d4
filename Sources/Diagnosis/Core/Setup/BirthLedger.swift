// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How the connections of the trace came into being, in parts.
struct BirthLedger {
    private struct Key: Hashable {
        var endpoint: Endpoint
        var pool: Int32
    }

    private static let lookupLimit = 4096
    private static let tallyLimit = 1024
    private static let nameLimit = 256

    /// Look-ups that may still have a socket to come.
    private var lookups: [HolderKey: NameLookup] = [:]
    /// Connections that live, by inode.
    private var births = SlotMap<UInt64, BirthState>()
    private var tallies: [Key: BirthTally] = [:]
    private var names: [String: NameTally] = [:]
    /// Connections and names beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0
    /// Handshakes whose socket is not known.
    var unplacedHandshakes: UInt64 = 0

    var liveCount: Int { births.count }

    mutating func note(_ lookup: NameLookup, name: String, hasFailed: Bool, by holder: HolderKey?) {
        if !lookup.isLiteral {
            if names[name] != nil || names.count < Self.nameLimit {
                names[name, default: NameTally()].add(lookup.duration, hasFailed: hasFailed)
            } else {
                unlisted &+= 1
            }
        }
        guard let holder else { return }
        if hasFailed {
            lookups.removeValue(forKey: holder)
            return
        }
        if lookups.count >= Self.lookupLimit {
            lookups = lookups.filter { $0.value.isOf(dialAt: lookup.endedAt) && !$0.value.isUsed }
            // As many in one second: those of this moment are told of no connection.
            if lookups.count >= Self.lookupLimit { return }
        }
        lookups[holder] = lookup
    }

    mutating func begin(inode: UInt64, by holder: HolderKey?, at now: UInt64) {
        var birth = BirthState(holder: holder)
        if let holder, lookups[holder]?.isOf(dialAt: now) ?? false {
            lookups[holder]?.isUsed = true
            birth.lookup = lookups[holder]
        }
        if let old = births.slot(inode) { births[old] = birth } else { births.insert(inode, birth) }
    }

    func state(inode: UInt64) -> BirthState? { births.slot(inode).map { births[$0] } }

    mutating func update(inode: UInt64, _ change: (inout BirthState) -> Void) {
        if let birth = births.slot(inode) { change(&births[birth]) }
    }

    /// What comes next of the same goroutine is another dial.
    mutating func connected(inode: UInt64, at now: UInt64) {
        guard let birth = births.slot(inode), births[birth].connected == 0 else { return }
        births[birth].connected = now
        if let holder = births[birth].holder { lookups.removeValue(forKey: holder) }
    }

    /// The connection is closed.
    mutating func settle(_ socket: SocketState, _ floors: ThresholdFloors) {
        guard let birth = births.remove(socket.inode) else { return }
        tally(births[birth], socket, floors)
    }

    /// Those alive, to a copy at the end.
    mutating func tally(_ socket: SocketState, _ floors: ThresholdFloors) {
        if let birth = births.slot(socket.inode) { tally(births[birth], socket, floors) }
    }

    private mutating func tally(_ birth: BirthState, _ socket: SocketState, _ floors: ThresholdFloors) {
        guard birth.connected != 0, let endpoint = socket.remote else { return }
        let key = Key(endpoint: endpoint, pool: birth.pool)
        guard tallies[key] != nil || tallies.count < Self.tallyLimit else {
            unlisted &+= 1
            return
        }
        tallies[key, default: BirthTally()].add(birth, hasNoName: endpoint.port == nil, floors: floors)
    }

    /// The most connections first; equals by their text and pool, so that the order does not depend on hashing.
    func summaries(pools: [PoolState]) -> [BirthSummary] {
        tallies.map { key, tally in
            let pool = pools.indices.contains(Int(key.pool)) ? pools[Int(key.pool)].id : nil
            return (tally.summary(endpoint: key.endpoint, pool: pool), key.endpoint.description, key.pool)
        }.sorted { left, right in
            (right.0.connections, left.1, left.2) < (left.0.connections, right.1, right.2)
        }.map(\.0)
    }

    var nameSummaries: [NameLookupSummary] {
        names.map { $0.value.summary(name: $0.key) }.sorted { ($1.lookups, $0.name) < ($0.lookups, $1.name) }
    }
}
