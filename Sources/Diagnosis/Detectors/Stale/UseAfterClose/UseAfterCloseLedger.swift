// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Connections that this process closed itself, and leases of them.
struct UseAfterCloseLedger {
    private static let limit = 256
    private static let pendingLimit = 4096

    struct Entry {
        var pool: Int32
        var site: Int32 = -1
        var how: UseAfterClose.How
        var endpoint: Endpoint?
        var closer: HolderKey
        /// Who had the lease; `nil`: nobody, or not known.
        var holder: HolderKey?
        var closed: EventMark
        /// The acquire; after `closedByPool` the release.
        var lease: EventMark
        /// 0: not known.
        var length: UInt64 = 0
    }

    private(set) var entries: [Entry] = []
    private(set) var unlisted: UInt64 = 0
    /// Closed by the pool's own function while leased: the release is awaited.
    private var closedByPool: [LeaseKey: Entry] = [:]
    /// Closed while idle.
    private var closedIdle: [LeaseKey: Entry] = [:]
    /// Handed out closed; whether they are of any use will be seen.
    private var handedOut: [LeaseKey: Entry] = [:]

    var isIdle: Bool { closedByPool.isEmpty && closedIdle.isEmpty && handedOut.isEmpty }

    mutating func add(_ entry: Entry) {
        if entries.count < Self.limit { entries.append(entry) } else { unlisted &+= 1 }
    }

    mutating func poolClosed(_ key: LeaseKey, _ entry: Entry) {
        if closedByPool.count < Self.pendingLimit { closedByPool[key] = entry }
    }

    mutating func released(_ key: LeaseKey, by holder: HolderKey?, at mark: EventMark) {
        guard var entry = closedByPool.removeValue(forKey: key), entry.holder == holder else { return }
        entry.lease = mark
        entry.length = mark.timestamp - min(entry.closed.timestamp, mark.timestamp)
        add(entry)
    }

    mutating func closed(idle key: LeaseKey, _ entry: Entry) {
        // Most of them are gone for good: the pool closed them. Then the oldest knowledge is worth least.
        if closedIdle.count >= Self.pendingLimit { closedIdle.removeAll(keepingCapacity: true) }
        closedIdle[key] = entry
    }

    /// - Parameter isClosed: the walk came to a descriptor that has been closed.
    mutating func acquired(_ key: LeaseKey, site: Int32, pool: Int32, isClosed: Bool, at mark: EventMark) {
        closedByPool.removeValue(forKey: key)
        handedOut.removeValue(forKey: key)
        guard var entry = closedIdle.removeValue(forKey: key), isClosed, entry.pool == pool else { return }
        entry.site = site
        entry.lease = mark
        entry.length = mark.timestamp - min(entry.closed.timestamp, mark.timestamp)
        handedOut[key] = entry
    }

    /// - Parameter isUsed: there was I/O in the lease: the connection had been made anew.
    mutating func ended(_ key: LeaseKey, isUsed: Bool) {
        guard let entry = handedOut.removeValue(forKey: key), !isUsed else { return }
        add(entry)
    }
}
