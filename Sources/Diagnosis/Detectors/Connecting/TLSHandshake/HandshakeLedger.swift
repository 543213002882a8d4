// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// TLS handshakes by endpoint, and connections that ended before anything came of them.
struct HandshakeLedger {
    private static let limit = 1024
    private static let errorLimit = 16
    private static let closedLimit = 64
    private static let dialLimit = 1024

    struct Entry {
        var handshakes: UInt64 = 0
        var failed: UInt64 = 0
        /// Failed or not, but long.
        var long: UInt64 = 0
        var errors: [UInt64: UInt64] = [:]
        /// Of these, those whose sound connection this process had closed before they returned.
        var closedHere: [UInt64: UInt64] = [:]
        var longest: UInt64 = 0
        var wordless: UInt64 = 0
        var descriptor: Int32 = -1
        var stackID: Int32 = -1
        var first: EventMark?
        var last: EventMark?
    }

    private struct Connection {
        var inode: UInt64
        var endpoint: Endpoint?
        /// Closed, and the peer had neither ended nor reset it.
        var isSound = false
    }

    /// `nil`: the endpoint is not known.
    private(set) var entries: [Endpoint?: Entry] = [:]
    private(set) var unlisted: UInt64 = 0
    /// The latest closed: a handshake that is given up returns after its socket was closed.
    private var closed: [Connection] = []
    private var nextClosed = 0
    /// What each goroutine connected last, while no handshake is known on it.
    private var dials: [HolderKey: Connection] = [:]

    mutating func note(closed inode: UInt64, to endpoint: Endpoint?, isSound: Bool) {
        let entry = Connection(inode: inode, endpoint: endpoint, isSound: isSound)
        if closed.count < Self.closedLimit { closed.append(entry) } else { closed[nextClosed] = entry }
        nextClosed = (nextClosed + 1) % Self.closedLimit
    }

    func isClosedSound(inode: UInt64) -> Bool { closed.last { $0.inode == inode }?.isSound ?? false }

    mutating func note(connected inode: UInt64, to endpoint: Endpoint?, by holder: HolderKey) {
        if dials.count >= Self.dialLimit { dials.removeAll(keepingCapacity: true) }
        dials[holder] = Connection(inode: inode, endpoint: endpoint)
    }

    /// The connection of a handshake. Where no walk led to its socket, it is what the same goroutine connected last.
    mutating func connection(inode: UInt64, by holder: HolderKey?) -> (inode: UInt64, endpoint: Endpoint?)? {
        let dialled = holder.flatMap { dials.removeValue(forKey: $0) }
        if inode != 0 {
            if let dialled, dialled.inode == inode { return (inode, dialled.endpoint) }
            return (inode, closed.last { $0.inode == inode }?.endpoint)
        }
        return dialled.map { ($0.inode, $0.endpoint) }
    }

    mutating func add(
        _ endpoint: Endpoint?, took: UInt64, error: UInt64, isClosedHere: Bool, isLong: Bool, descriptor: Int32,
        stackID: Int32,
        at mark: EventMark
    ) {
        update(endpoint) { entry in
            entry.handshakes &+= 1
            entry.longest = max(entry.longest, took)
            if isLong { entry.long &+= 1 }
            if error != 0 {
                entry.failed &+= 1
                if entry.errors[error] != nil || entry.errors.count < Self.errorLimit {
                    entry.errors[error, default: 0] &+= 1
                    if isClosedHere { entry.closedHere[error, default: 0] &+= 1 }
                }
            }
            if error != 0 || isLong { entry.mark(mark, descriptor: descriptor, stackID: stackID) }
        }
    }

    /// The peer ended a connection, or this side after a long wait, on which something was sent and nothing received.
    mutating func addWordless(_ endpoint: Endpoint, descriptor: Int32, stackID: Int32, at mark: EventMark) {
        update(endpoint) { entry in
            entry.wordless &+= 1
            entry.mark(mark, descriptor: descriptor, stackID: stackID)
        }
    }

    private mutating func update(_ endpoint: Endpoint?, _ change: (inout Entry) -> Void) {
        guard entries[endpoint] != nil || entries.count < Self.limit else {
            unlisted &+= 1
            return
        }
        change(&entries[endpoint, default: Entry()])
    }
}

extension HandshakeLedger.Entry {
    fileprivate mutating func mark(_ mark: EventMark, descriptor: Int32, stackID: Int32) {
        first = first ?? mark
        last = mark
        if descriptor >= 0 { self.descriptor = descriptor }
        if stackID >= 0 { self.stackID = stackID }
    }
}
