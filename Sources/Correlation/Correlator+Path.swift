// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What happens to a socket's segments on the way.
extension Correlator {
    mutating func take(_ record: ps_socket_retransmit, _ ordinal: UInt64) {
        guard let socket = sockets.slot(inode: record.socket_inode, key: record.socket_key) else { return }
        noteSynRetransmit(record, socket)
    }
}
