// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The connections that were leased and are not known to be closed.
struct ConnectionLedger {
    /// Where neither closes nor sockets of a library are seen, connections are forgotten beyond this number, those first
    /// that have not been leased for longest.
    private static let limit = 65_536
    private var byKey: [LeaseKey: ConnectionState] = [:]
    /// Usually one: two where a pool is built on another.
    private var byInode: [UInt64: [LeaseKey]] = [:]

    var count: Int { byKey.count }

    subscript(key: LeaseKey) -> ConnectionState? { byKey[key] }

    mutating func update(_ key: LeaseKey, _ change: (inout ConnectionState) -> Void) {
        guard let index = byKey.index(forKey: key) else { return }
        change(&byKey.values[index])
    }

    mutating func enter(_ key: LeaseKey, _ state: ConnectionState, isLeased: (LeaseKey) -> Bool) {
        if byKey.count >= Self.limit { forgetUnused(isLeased) }
        byKey[key] = state
    }

    mutating func setSocket(_ inode: UInt64, of key: LeaseKey) {
        guard inode != 0, let known = byKey[key]?.inode, known != inode else { return }
        unlink(key, from: known)
        byKey[key]?.inode = inode
        byKey[key]?.isSocketGone = false
        byInode[inode, default: []].append(key)
    }

    func keys(ofSocket inode: UInt64) -> [LeaseKey] { byInode[inode] ?? [] }

    mutating func forgetSocket(_ inode: UInt64) { byInode.removeValue(forKey: inode) }

    @discardableResult
    mutating func remove(_ key: LeaseKey) -> ConnectionState? {
        guard let state = byKey.removeValue(forKey: key) else { return nil }
        unlink(key, from: state.inode)
        return state
    }

    /// Connections of a pool, as they are counted against the pool's own counters.
    func states(ofPool pool: Int32) -> some Sequence<ConnectionState> { byKey.values.lazy.filter { $0.pool == pool } }

    private mutating func unlink(_ key: LeaseKey, from inode: UInt64) {
        guard var keys = byInode[inode] else { return }
        keys.removeAll { $0 == key }
        byInode[inode] = keys.isEmpty ? nil : keys
    }

    private mutating func forgetUnused(_ isLeased: (LeaseKey) -> Bool) {
        let idle = byKey.filter { !isLeased($0.key) }.sorted {
            ($0.value.lastUsed, $0.key.connection) < ($1.value.lastUsed, $1.key.connection)
        }
        for entry in idle.prefix(Self.limit / 2) { remove(entry.key) }
    }
}
