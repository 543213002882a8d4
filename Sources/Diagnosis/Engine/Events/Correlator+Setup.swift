// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Connections come into being: a name is looked up, a socket connects, TLS shakes hands, a pool leases it first.
extension Correlator {
    mutating func take(_ record: ps_socket_connect, _ ordinal: UInt64) {
        let index = core.enter(record)
        let socket = core.sockets.slot(index)
        detectors.peerChanges(of: socket, core)
        let outcome = core.connectReturned(record, index, ordinal)
        noteDial(by: record.header)
        detectors.connectReturned(outcome, socket, at: record.header.timestamp_ns, core)
        if core.noteBirth(record) { detectors.connected(socket, core) }
    }

    mutating func take(_ record: ps_name_lookup, _ ordinal: UInt64) {
        let length = min(Int(record.name_length), Int(PS_HOST_NAME_SIZE))
        let bytes = withUnsafeBytes(of: record.name) { Array($0.prefix(length)) }
        let mark = EventMark(record.header, ordinal: ordinal)
        let lookup = NameLookup(
            endedAt: record.header.timestamp_ns, duration: record.duration_ns, isLiteral: NameLookup.isLiteral(bytes),
            mark: mark)
        let name = String(decoding: bytes, as: UTF8.self)
        let holder = HolderKey(record.header)
        core.births.note(lookup, hasFailed: record.error_type != 0, by: holder)
        detectors.lookupReturned(lookup, name: name, hasFailed: record.error_type != 0)
        noteLookup(lookup, name: name, hasFailed: record.error_type != 0, by: holder, at: mark)
    }

    mutating func take(_ record: ps_tls_handshake, _ ordinal: UInt64) {
        let inode = detectors.handshakeReturned(record, ordinal, core)
        core.noteBirth(record, inode: inode, ordinal)
    }

    /// A lease is joined to a socket.
    mutating func noteBirth(of lease: Int32, socket: Int32) {
        guard core.noteBirth(leased: lease, socket: socket) else { return }
        detectors.firstLeased(
            core.sockets.slot(socket), pool: core.leases[lease].pool, at: core.leases[lease].acquired.timestamp, core)
    }
}
