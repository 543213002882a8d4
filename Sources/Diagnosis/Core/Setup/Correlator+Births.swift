// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How connections come into being: a name is looked up, a socket connects, TLS shakes hands, a pool leases it first.
///
/// Keyed by the socket, as some pools dial in another goroutine than the one that asks. Only the look-up, which has no
/// socket yet, is joined by the goroutine that opens one next.
extension Correlator {
    private static let tcp: UInt16 = 6
    private static let unix: UInt16 = 1
    private static let established: UInt16 = 1
    private static let synSent: UInt16 = 2
    private static let inProgress: Int32 = -115

    mutating func take(_ record: ps_name_lookup, _ ordinal: UInt64) {
        let length = min(Int(record.name_length), Int(PS_HOST_NAME_SIZE))
        let bytes = withUnsafeBytes(of: record.name) { Array($0.prefix(length)) }
        let lookup = NameLookup(
            endedAt: record.header.timestamp_ns, duration: record.duration_ns, isLiteral: NameLookup.isLiteral(bytes),
            mark: EventMark(record.header, ordinal: ordinal))
        let name = String(decoding: bytes, as: UTF8.self)
        let holder = HolderKey(record.header)
        core.births.note(lookup, name: name, hasFailed: record.error_type != 0, by: holder)
        noteLookup(
            lookup, name: name, hasFailed: record.error_type != 0, by: holder,
            at: EventMark(record.header, ordinal: ordinal))
    }

    mutating func noteBirth(_ record: ps_socket_open) {
        guard record.protocol == Self.tcp || record.family == Self.unix else { return }
        core.births.begin(inode: record.socket_inode, by: HolderKey(record.header), at: record.header.timestamp_ns)
    }

    mutating func noteBirth(_ record: ps_socket_connect) {
        guard record.result == 0 || record.result == Self.inProgress else { return }
        let now = record.header.timestamp_ns
        core.births.update(inode: record.socket_inode) { birth in
            // The call's own begin, where it is known, is earlier than the state that it sets.
            if record.duration_ns != 0 {
                birth.connectStart = now &- min(now, record.duration_ns)
            } else if birth.connectStart == 0, record.result == Self.inProgress {
                birth.connectStart = now  // it does not wait
            }
        }
        if record.result == 0 { connected(inode: record.socket_inode, at: now) }
    }

    mutating func noteBirth(_ record: ps_socket_state, socket: Int32) {
        let inode = core.sockets[socket].inode
        let now = record.header.timestamp_ns
        if record.new_state == Self.synSent {
            core.births.update(inode: inode) { if $0.connectStart == 0 { $0.connectStart = now } }
        } else if record.new_state == Self.established, record.old_state == Self.synSent {
            connected(inode: inode, at: now)
        }
    }

    private mutating func connected(inode: UInt64, at now: UInt64) {
        core.births.connected(inode: inode, at: now)
        noteConnected(inode: inode)
    }

    mutating func take(_ record: ps_tls_handshake, _ ordinal: UInt64) {
        let inode = noteHandshake(record, ordinal)
        guard inode != 0 else {
            core.births.unplacedHandshakes &+= 1
            return
        }
        let now = record.header.timestamp_ns
        core.births.update(inode: inode) { birth in
            birth.handshakeStart = now &- min(now, record.duration_ns)
            birth.handshakeEnd = now
            birth.handshake = EventMark(record.header, ordinal: ordinal)
            birth.isHandshakeFailed = record.error_type != 0
        }
    }

    /// A lease is joined to a socket. The join of an earlier lease may come after that of a later one.
    mutating func noteBirth(of lease: Int32, socket: Int32) {
        let (pool, wait, mark) = (core.leases[lease].pool, core.leases[lease].wait, core.leases[lease].acquired)
        let acquired = mark.timestamp
        var isFirst = false
        core.births.update(inode: core.sockets[socket].inode) { birth in
            guard birth.firstLeased == 0 || acquired < birth.firstLeased else { return }
            isFirst = birth.firstLeased == 0
            birth.firstLeased = acquired
            birth.firstRequested = wait.map { acquired &- min(acquired, $0) } ?? 0
            birth.firstLease = mark
            birth.pool = pool
        }
        if isFirst { noteStartUp(of: socket, pool: pool, at: acquired) }
    }

    func addBirths(to analysis: inout TraceAnalysis) {
        var births = core.births
        for socket in core.sockets.live { births.tally(core.sockets[socket], core.settings.floors) }
        analysis.births = births.summaries(pools: core.pools)
        analysis.nameLookups = births.nameSummaries
        analysis.irregularities.unplacedHandshakes = births.unplacedHandshakes
        analysis.irregularities.unlistedBirths = births.unlisted
    }
}
