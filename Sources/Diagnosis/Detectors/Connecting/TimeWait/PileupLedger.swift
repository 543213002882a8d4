// SPDX-License-Identifier: Apache-2.0

import TraceModel

/// Sockets of each endpoint that are of no use: in TIME_WAIT, or whose SYN is sent again and again.
struct PileupLedger {
    private static let limit = 1024

    struct Entry {
        fileprivate var closed = MinuteCount()
        fileprivate var connecting: UInt64 = 0
        var waiting = PileupPeak()
        var stuck = PileupPeak()
    }

    private(set) var entries: [Endpoint: Entry] = [:]
    /// Sockets of endpoints beyond those that are told apart.
    private(set) var unlisted: UInt64 = 0

    /// This side closed a connection first.
    ///
    /// - Parameter open: connections of the endpoint that are left.
    mutating func addClose(_ endpoint: Endpoint, open: UInt64, at mark: EventMark) {
        guard enter(endpoint) else { return }
        entries[endpoint]?.closed.add(at: mark.timestamp)
        let count = entries[endpoint]?.closed.total ?? 0
        entries[endpoint]?.waiting.note(count, open: open, at: mark)
    }

    /// The close was by RST: nothing of it is left.
    mutating func takeBackClose(_ endpoint: Endpoint, at now: UInt64) {
        guard entries[endpoint] != nil else { return }
        entries[endpoint]?.closed.takeBack(at: now)
        entries[endpoint]?.waiting.takeBack()
    }

    mutating func addStuck(_ endpoint: Endpoint, open: UInt64, at mark: EventMark) {
        guard enter(endpoint) else { return }
        entries[endpoint]?.connecting &+= 1
        let count = entries[endpoint]?.connecting ?? 0
        entries[endpoint]?.stuck.note(count, open: open, at: mark)
    }

    mutating func removeStuck(_ endpoint: Endpoint) {
        guard let count = entries[endpoint]?.connecting, count > 0 else { return }
        entries[endpoint]?.connecting = count - 1
    }

    private mutating func enter(_ endpoint: Endpoint) -> Bool {
        if entries[endpoint] != nil { return true }
        guard entries.count < Self.limit else {
            unlisted &+= 1
            return false
        }
        entries[endpoint] = Entry()
        return true
    }
}
