// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends: by far the most records. No allocation here once the sockets and leases are known.
extension Correlator {
    mutating func take(_ record: ps_socket_io, _ ordinal: UInt64) {
        let io = SocketIO(record, ordinal: ordinal)
        let slot = core.sockets.slot(inode: record.socket_inode) ?? core.enter(record)
        let holder = HolderKey(record.header)
        let isFirstReceive = core.sockets[slot].receivedBytes == 0
        let silentSince = core.sockets[slot].end.spokenAt
        var lease = core.sockets[slot].note(
            io, by: holder, farewellTime: core.settings.floors.farewell,
            longSilence: core.settings.floors.idleKilledIdle)
        let event = IOEvent(
            io: io, socket: core.sockets.slot(slot), result: record.result, holder: holder, lease: lease,
            queuedBytes: record.queued_bytes, isFirstReceive: isFirstReceive, silentSince: silentSince)
        detectors.dataMoved(event, core)
        if lease < 0 {
            if io.isActivity, let holder { witness(io, slot, by: holder) }
            return
        }
        while lease >= 0 { lease = core.leases[lease].note(io, by: holder) }
    }

    /// A socket that no lease is joined to: it may be that of a lease of the same holder.
    private mutating func witness(_ io: SocketIO, _ socket: Int32, by holder: HolderKey) {
        var lease = core.leases.first(of: holder) ?? -1
        if lease < 0 { return }
        let path = core.sockets[socket].path
        while lease >= 0 {
            if core.witness(io, socket, of: lease, by: holder) {
                detectors.leaseTime.note(io, lease, by: holder, path, core)
            }
            lease = core.leases[lease].nextOfHolder
        }
    }
}
