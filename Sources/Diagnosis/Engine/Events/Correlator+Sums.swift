// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends come as sums.
extension Correlator {
    mutating func take(_ record: ps_socket_sum, _ ordinal: UInt64) {
        guard record.socket_inode != 0, let growth = detectors.growth(record, ordinal) else { return }
        let index = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        let socket = core.sockets.slot(index)
        sumLeases(of: index)
        core.add(growth, to: index)
        let latest = core.noteUse(record, index, ordinal)
        detectors.callsAggregated(record, growth, socket, latest: latest, core)
    }

    /// From here on calls of a socket, or of all, are summed up: requests of which the answer would be in a sum are not out.
    mutating func take(_ record: ps_detail_change, _ ordinal: UInt64) {
        detectors.detailChanged(record, ordinal)
        if record.socket_inode != 0 {
            if let slot = core.sockets.slot(inode: record.socket_inode) {
                detectors.aggregationBegan(core.sockets.slot(slot), core)
                sumLeases(of: slot)
            }
            return
        }
        core.sumAll()
        detectors.allAggregated(core)
    }
}
