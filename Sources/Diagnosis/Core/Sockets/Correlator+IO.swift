// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends: by far the most records. No allocation here once the sockets and leases are known.
extension Correlator {
    mutating func take(_ record: ps_socket_io, _ ordinal: UInt64) {
        let io = SocketIO(record, ordinal: ordinal)
        let slot = core.sockets.slot(inode: record.socket_inode) ?? enterSocket(of: record)
        noteIdle(io, record.result, slot)
        let isFirstReceive = core.sockets[slot].receivedBytes == 0
        var lease = core.sockets[slot].note(io)
        let holder = HolderKey(record.header)
        if io.isData { core.sockets[slot].unanswered.note(io, by: holder, farewellTime: core.settings.floors.farewell) }
        let event = IOEvent(
            io: io, socket: core.sockets.slot(slot), result: record.result, holder: holder, lease: lease,
            queuedBytes: record.queued_bytes, isFirstReceive: isFirstReceive)
        detectors.dataMoved(event, core)
        // After the streams: what is pushed is no answer, which they tell by the request that is out.
        if io.isData {
            noteResponse(io, slot, lease: lease, arrivalAge: UInt64(record.arrival_age_ms) &* 1_000_000)
        }
        if lease < 0 {
            if io.isActivity, let holder { witness(io, slot, by: holder) }
            return
        }
        while lease >= 0 { lease = core.leases[lease].note(io, by: holder) }
    }

    private mutating func enterSocket(of record: ps_socket_io) -> Int32 {
        let slot = core.sockets.enter(inode: record.socket_inode, at: record.header.timestamp_ns)
        core.sockets[slot].setKind(family: record.family, record.protocol)
        return slot
    }

    /// A socket that no lease is joined to: it may be that of a lease of the same holder.
    private mutating func witness(_ io: SocketIO, _ slot: Int32, by holder: HolderKey) {
        var lease = core.leases.first(of: holder) ?? -1
        if lease < 0 { return }
        let (inode, path) = (core.sockets[slot].inode, core.sockets[slot].path)
        while lease >= 0 {
            if core.leases[lease].witnessInode == 0 { core.leases[lease].witnessInode = inode }
            if core.leases[lease].witnessInode != inode { core.leases[lease].isWitnessAmbiguous = true }
            if core.leases[lease].join == .none {
                _ = core.leases[lease].note(io, by: holder)
                detectors.leaseTime.note(io, lease, by: holder, path, core)
            }
            lease = core.leases[lease].nextOfHolder
        }
    }
}
