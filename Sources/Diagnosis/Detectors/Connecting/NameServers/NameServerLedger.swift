// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Queries to name servers, paired with their answers by socket and message ID.
struct NameServerLedger {
    private struct NameKey: Hashable {
        var server: Endpoint?
        var name: String
    }

    private static let serverLimit = 64
    static let nameLimit = 256
    static let addressLimit = 4096
    private static let socketLimit = 4096
    private static let pendingLimit = 16
    private static let listedNames = 10
    /// After it resolvers ask again: RES_TIMEOUT of glibc's resolv.h, and Go's (net/dnsclient_unix.go).
    private static let patience: UInt64 = 5_000_000_000

    private var pending: [UInt64: [NameQuery]] = [:]
    private var servers: [Endpoint?: NameQueryTally] = [:]
    private var names: [NameKey: NameQueryTally] = [:]
    /// What each address was the answer for, first.
    private var nameOfAddress: [Endpoint: String] = [:]
    /// Queries beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0
    /// Queries for names beyond the limit: they count at their server only.
    private(set) var unlistedNames: UInt64 = 0
    /// Addresses in answers that are told no name, as there are too many.
    private(set) var unnamedAddresses: UInt64 = 0

    mutating func ask(_ query: NameQuery, socket: UInt64) {
        var queries = pending.removeValue(forKey: socket) ?? []
        if let before = queries.firstIndex(where: { $0.id == query.id }) { giveUp(queries.remove(at: before)) }
        if queries.count >= Self.pendingLimit { giveUp(queries.removeFirst()) }
        guard servers[query.server] != nil || servers.count < Self.serverLimit, pending.count < Self.socketLimit else {
            unlisted &+= 1
            return
        }
        servers[query.server, default: NameQueryTally()].queries &+= 1
        if !noteName(query, { $0.queries &+= 1 }) { unlistedNames &+= 1 }
        queries.append(query)
        pending[socket] = queries
    }

    mutating func answer(_ message: DNSMessage, socket: UInt64, at now: UInt64) {
        guard let index = pending[socket]?.firstIndex(where: { $0.id == message.id && $0.name == message.name }),
            let query = pending[socket]?.remove(at: index)
        else { return }
        if pending[socket]?.isEmpty ?? false { pending.removeValue(forKey: socket) }
        let time = now &- min(now, query.mark.timestamp)
        servers[query.server]?.add(message, after: time)
        noteName(query) { $0.add(message, after: time) }
        for address in message.addresses where nameOfAddress[address] == nil {
            if nameOfAddress.count < Self.addressLimit {
                nameOfAddress[address] = query.name
            } else {
                unnamedAddresses &+= 1
            }
        }
    }

    /// The socket is closed: nothing comes any more.
    mutating func settle(socket: UInt64) {
        for query in pending.removeValue(forKey: socket) ?? [] { giveUp(query) }
    }

    private mutating func giveUp(_ query: NameQuery) {
        servers[query.server]?.addUnanswered(query)
        noteName(query) { $0.addUnanswered(query) }
    }

    /// Returns `false`: there is no room for the name.
    @discardableResult
    private mutating func noteName(_ query: NameQuery, _ change: (inout NameQueryTally) -> Void) -> Bool {
        let key = NameKey(server: query.server, name: query.name)
        guard names[key] != nil || names.count < Self.nameLimit else { return false }
        change(&names[key, default: NameQueryTally()])
        return true
    }

    /// The name that an address was looked up by.
    func name(of endpoint: Endpoint) -> String? { endpoint.withoutPort.flatMap { nameOfAddress[$0] } }

    /// The busiest server first; equals by their text.
    func summaries(at now: UInt64) -> [NameServerSummary] {
        var ledger = self
        // In the order of the queries, so that the first one without an answer does not depend on hashing.
        let late = pending.values.joined().filter { now &- min(now, $0.mark.timestamp) >= Self.patience }
        for query in late.sorted(by: { $0.mark.ordinal < $1.mark.ordinal }) { ledger.giveUp(query) }
        let names = Dictionary(grouping: ledger.names, by: \.key.server).mapValues { entries in
            entries.map { $0.value.summary(name: $0.key.name) }
                .sorted { ($1.queries, $0.name) < ($0.queries, $1.name) }
        }
        return ledger.servers.map { server, tally in
            (
                tally.summary(server: server, names: Array((names[server] ?? []).prefix(Self.listedNames))),
                server?.description ?? ""
            )
        }.sorted { ($1.0.queries, $0.1) < ($0.0.queries, $1.1) }.map(\.0)
    }
}
