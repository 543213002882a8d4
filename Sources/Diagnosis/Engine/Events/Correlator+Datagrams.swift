// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// UDP: with whom a socket speaks, and what it loses.
extension Correlator {
    mutating func take(_ record: ps_datagram_peer, _ ordinal: UInt64) {
        let peer = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
        guard let peer, record.socket_inode != 0 else { return }
        let slot = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        detectors.peerNamed(record, peer, core.sockets.slot(slot), ordinal, core)
    }

    mutating func take(_ record: ps_datagram_drop, _ ordinal: UInt64) {
        // Inodes of sockets that are closed are not in the ledger any more: then the drop belongs to none that is listed.
        guard record.socket_inode != 0 else { return }
        let socket = core.enter(record)
        detectors.datagramDropped(record, ordinal, socket)
    }
}
