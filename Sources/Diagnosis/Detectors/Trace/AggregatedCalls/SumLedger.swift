// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Calls that were summed up instead of being recorded one by one.
struct SumLedger {
    private static let endpointLimit = 1024

    /// The latest sums of the sockets that are alive, by inode.
    private var latest: [UInt64: ps_socket_sum] = [:]
    private var entries: [EndpointKey: SummedCalls] = [:]
    /// Of sockets without an endpoint, or beyond those that are told apart.
    private var others = SummedCalls(endpoint: nil, isAccepting: false)
    private(set) var calls: UInt64 = 0
    private(set) var sockets: UInt64 = 0
    private(set) var first: EventMark?
    private(set) var last: EventMark?
    /// The first change of detail: all that follows may be in sums.
    private(set) var change: EventMark?
    private(set) var reason: SummingReason?

    mutating func add(_ record: ps_detail_change, ordinal: UInt64) {
        if change != nil { return }
        change = EventMark(record.header, ordinal: ordinal)
        reason = SummingReason(record)
    }

    /// What has come since the sums before; `nil`: nothing, or numbers that do not only grow, as in a forged trace.
    mutating func advance(_ record: ps_socket_sum, ordinal: UInt64) -> ps_socket_sum? {
        var before = latest[record.socket_inode] ?? ps_socket_sum()
        if before.since_ns != record.since_ns {
            before = ps_socket_sum()
            sockets &+= 1
        }
        guard let growth = Self.difference(record, before) else { return nil }
        latest[record.socket_inode] = record
        let count = growth.receives &+ growth.sends &+ growth.idleCalls
        if count == 0 { return nil }
        calls &+= count
        last = EventMark(record.header, ordinal: ordinal)
        if first == nil { first = last }
        return growth
    }

    mutating func note(_ growth: ps_socket_sum, of key: EndpointKey?) {
        guard let key, entries[key] != nil || entries.count < Self.endpointLimit else {
            others.add(growth)
            return
        }
        entries[key, default: SummedCalls(endpoint: key.endpoint, isAccepting: key.isAccepting)].add(growth)
    }

    mutating func settle(inode: UInt64) { latest.removeValue(forKey: inode) }

    /// The most calls first; equals by their text.
    var all: [SummedCalls] {
        let all = entries.values + (others.calls > 0 ? [others] : [])
        return all.map { ($0, $0.endpoint?.description ?? "") }
            .sorted { ($1.0.calls, $0.1) < ($0.0.calls, $1.1) }.map(\.0)
    }

    private static func difference(_ now: ps_socket_sum, _ before: ps_socket_sum) -> ps_socket_sum? {
        guard now.receives >= before.receives, now.sends >= before.sends, now.received_bytes >= before.received_bytes,
            now.sent_bytes >= before.sent_bytes, now.receive_would_blocks >= before.receive_would_blocks,
            now.send_would_blocks >= before.send_would_blocks, now.peeks >= before.peeks
        else { return nil }
        var growth = now
        growth.receives -= before.receives
        growth.sends -= before.sends
        growth.received_bytes -= before.received_bytes
        growth.sent_bytes -= before.sent_bytes
        growth.receive_would_blocks -= before.receive_would_blocks
        growth.send_would_blocks -= before.send_would_blocks
        growth.peeks -= before.peeks
        withUnsafeMutableBytes(of: &growth.answers) { growth in
            withUnsafeBytes(of: before.answers) { before in
                let (growth, before) = (growth.bindMemory(to: UInt32.self), before.bindMemory(to: UInt32.self))
                // They wrap.
                for index in growth.indices { growth[index] = growth[index] &- before[index] }
            }
        }
        return growth
    }
}
