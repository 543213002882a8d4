// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Leases that began on a closed socket, summed by call site.
struct StaleLedger {
    static let limit = 1024
    private static let eventLimit = 5

    struct Key: Hashable {
        var pool: Int32
        var site: Int32
        var state: UInt16
    }

    struct Entry {
        let key: Key
        var endpoint: Endpoint?
        var leases: UInt64 = 0
        var unanswered: UInt64 = 0
        var longestAfterClose: UInt64?
        var events: [EventMark] = []
        var last: EventMark
    }

    private(set) var entries: [Entry] = []
    /// Leases of call sites beyond the limit.
    private(set) var unlisted: UInt64 = 0
    private var index: [Key: Int32] = [:]

    /// Returns the entry's number, for the end of the lease; -1: there are too many.
    mutating func add(_ key: Key, endpoint: Endpoint?, afterClose: UInt64?, at mark: EventMark) -> Int32 {
        let number: Int32
        if let known = index[key] {
            number = known
        } else if entries.count < Self.limit {
            number = Int32(truncatingIfNeeded: entries.count)
            index[key] = number
            entries.append(Entry(key: key, endpoint: endpoint, last: mark))
        } else {
            unlisted &+= 1
            return -1
        }
        let place = Int(number)
        entries[place].leases &+= 1
        entries[place].last = mark
        if entries[place].events.count < Self.eventLimit { entries[place].events.append(mark) }
        if let afterClose {
            entries[place].longestAfterClose = max(entries[place].longestAfterClose ?? 0, afterClose)
        }
        return number
    }

    mutating func noteUnanswered(_ number: Int32) { entries[Int(number)].unanswered &+= 1 }
}
