// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Receives and sends: by far the most records. No allocation here once the sockets and leases are known.
extension Correlator {
    mutating func take(_ record: ps_socket_io, _ ordinal: UInt64) {
        let io = SocketIO(record, ordinal: ordinal)
        let slot = core.sockets.slot(inode: record.socket_inode) ?? enterSocket(of: record)
        noteIdle(io, record.result, slot)
        if io.isReceive, !io.isWouldBlock, core.sockets[slot].waitingRead != nil {
            endWaitingRead(of: slot, at: record.header.timestamp_ns)
        }
        var lease = core.sockets[slot].note(io)
        let holder = HolderKey(record.header)
        if io.isData { core.sockets[slot].unanswered.note(io, by: holder, farewellTime: core.floors.farewell) }
        if io.isData, let holder { noteWalk(io, lease: lease, by: holder) }
        if core.sockets[slot].hasPeers { detectors.peers.note(io, inode: record.socket_inode) }
        if io.isReceive, io.bytes > 0 { noteBacklog(record, io, slot, lease: lease) }
        if let holder { detectors.sendBlocks.note(io, by: holder) }
        if io.isData, lease >= 0 { noteRoundTrip(io, slot) }
        if io.isData {
            noteStream(io, slot)
            noteResponse(io, slot, lease: lease, arrivalAge: UInt64(record.arrival_age_ms) &* 1_000_000)
        }
        noteRequest(io, record.result, slot)
        noteDatagram(io, record.result, slot)
        if lease < 0 {
            if io.isActivity, let holder { witness(io, slot, by: holder) }
            return
        }
        let path = core.sockets[slot].path
        while lease >= 0 { lease = core.leases[lease].note(io, by: holder, path) }
    }

    private mutating func noteRoundTrip(_ io: SocketIO, _ slot: Int32) {
        let since = core.sockets[slot].requestAt
        if !io.isReceive {
            if since == 0 { core.sockets[slot].requestAt = io.start }
            return
        }
        core.sockets[slot].requestAt = 0
        guard since != 0, let remote = core.sockets[slot].remote else { return }
        core.sockets[slot].roundTripHint = detectors.roundTrips.add(
            elapsed(from: since, to: io.mark.timestamp), to: remote, hint: core.sockets[slot].roundTripHint, at: io.mark)
    }

    private mutating func noteWalk(_ io: SocketIO, lease: Int32, by holder: HolderKey) {
        if lease < 0 { return detectors.walks.interrupt(holder) }
        detectors.walks.note(io, key: SerialWalkLedger.Key(pool: core.leases[lease].pool, site: core.leases[lease].site), by: holder)
    }

    func serialWalks() -> [SerialWalk] {
        detectors.walks.all.map { entry in
            let pool = core.pools[Int(entry.key.pool)]
            return SerialWalk(
                pool: pool.id, stack: entry.key.site >= 0 ? stack(of: pool.sites[Int(entry.key.site)]) : nil,
                runs: entry.runs, longestTrips: entry.longestTrips,
                longestTime: .nanoseconds(clamping: entry.longestTime), savable: .nanoseconds(clamping: entry.savable),
                begin: entry.begin.reference, end: entry.end.reference)
        }
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
            if core.leases[lease].join == .none { _ = core.leases[lease].note(io, by: holder, path) }
            lease = core.leases[lease].nextOfHolder
        }
    }
}
