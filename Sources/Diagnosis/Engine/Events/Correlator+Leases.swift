// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
public import TraceModel

/// Leases: from the acquire's end to the release, or to the close of the connection.
extension Correlator {
    /// - Parameter request: the slot of its acquire, no longer in use; `nil`: the request was before the trace.
    mutating func startLease(
        _ record: ps_pool_acquire_end, _ ordinal: UInt64, key: LeaseKey, pool: Int32, request: Int32?
    ) {
        let earlier = core.leases.slot(key)
        if let request {
            // Before the lease is booked to the connection.
            let known = earlier == nil ? core.connections.slot(key) : nil
            detectors.connectionGiven(
                to: request, freeSince: known.map { core.connections[$0].lastUsed }, core)
        }
        if let earlier { endStale(earlier, at: EventMark(record.header, ordinal: ordinal)) }
        let (lease, socket) = core.beginLease(record, ordinal, key: key, pool: pool, request: request)
        detectors.leaseBegan(core.leases.slot(lease), record, request: request, core)
        guard let socket else { return }
        core.link(lease, to: socket, .walked)
        join(lease, to: socket, state: record.socket_state)
    }

    /// A lease has been linked to its socket.
    private mutating func join(_ lease: Int32, to socket: Int32, state: UInt16) {
        noteBirth(of: lease, socket: socket)
        let join = core.noteUse(of: socket, by: lease, state: state)
        detectors.leaseJoined(join, core)
    }

    mutating func take(_ record: ps_lease_join) {
        guard let (lease, socket, isNew) = core.joinLater(record) else { return }
        if isNew { detectors.socketFound(core.leases.slot(lease), at: record.header.timestamp_ns) }
        join(lease, to: socket, state: 0)
    }

    mutating func take(_ record: ps_pool_release, _ ordinal: UInt64) {
        let key = LeaseKey(adapterID: core.adapter(ofPoint: record.point_id), connection: record.connection)
        let (holder, mark) = (HolderKey(record.header), EventMark(record.header, ordinal: ordinal))
        closeUnreferred(before: record.header.timestamp_ns, by: record.header.thread_id)
        if let lease = core.leases.slot(key) {
            detectors.leaseReleased(core.leases.slot(lease), core)
            core.noteRelease(of: lease, at: record.header.timestamp_ns, hasError: record.error_type != 0)
            let kind: LeaseEnding.Kind = core.leases[lease].isSocketClosed ? .closedInUse : .returned
            return endLease(lease, at: mark, kind, errorType: record.error_type, by: holder)
        }
        detectors.released(key, by: holder, at: mark)
        // database/sql hands back a connection that came too late for a cancelled request, inside the acquire
        // (DB.conn in database/sql/sql.go): nobody leased it.
        if let holder, core.pending.slot(PendingKey(holder: holder, adapterID: key.adapterID)) != nil { return }
        core.noteReleaseWithoutLease(key, pool: record.pool)
    }

    mutating func take(_ record: ps_pool_connection_close, _ ordinal: UInt64) {
        let key = LeaseKey(adapterID: core.adapter(ofPoint: record.point_id), connection: record.connection)
        let mark = EventMark(record.header, ordinal: ordinal)
        if let lease = core.leases.slot(key) {
            detectors.poolClosing(core.leases.slot(lease), by: record.header, mark, core)
            endLease(lease, at: mark, .closedInUse)
        }
        guard let connection = core.connections.slot(key) else { return }
        core.noteClose(of: connection, by: record.header, mark)
        core.forget(connection)
    }

    /// A connection cannot be leased twice: the release between is not in the trace.
    mutating func endStale(_ lease: Int32, at mark: EventMark) {
        core.pools[Int(core.leases[lease].pool)].missedReleases &+= 1
        endLease(lease, at: mark, .unknown)
    }

    /// - Parameter kind: `.unknown`: the lease ended at an unknown earlier time, and its length is not counted.
    private mutating func endLease(
        _ slot: Int32, at mark: EventMark, _ kind: LeaseEnding.Kind, errorType: UInt64 = 0, by holder: HolderKey? = nil
    ) {
        let end = core.endLease(slot, at: mark, isEndKnown: kind != .unknown, by: holder)
        detectors.leaseEnded(end, core)
        core.countEnding(of: slot, kind)
        let sequence = core.settings.keepsEndedLeases ? keep(slot, at: mark, kind, errorType: errorType) : nil
        core.noteEnd(
            of: slot, kind: kind, mark: kind == .unknown ? nil : mark, hasError: errorType != 0, by: holder,
            sequence: sequence)
        core.remove(lease: slot)
    }

    // MARK: - Ended leases, one by one

    /// Returns the place in the queue of ended leases.
    private mutating func keep(
        _ slot: Int32, at mark: EventMark, _ kind: LeaseEnding.Kind, errorType: UInt64
    ) -> UInt64 {
        let isEndKnown = kind != .unknown
        let endedAt = isEndKnown ? mark.timestamp : core.now
        var summary = summary(ofLease: slot)
        summary.time = isEndKnown ? detectors.leaseTime.time(of: core.leases.slot(slot), until: endedAt, core) : nil
        summary.ending = LeaseEnding(
            kind: kind, event: isEndKnown ? mark.reference : nil, errorType: core.stacks.errorType(errorType),
            hasError: errorType != 0)
        return core.endedLeases.add(summary, endedAt: endedAt, isFinal: kind != .returned)
    }

    /// The leases whose end has become known since the last call, in the order in which they ended.
    public mutating func takeEndedLeases() -> [LeaseSummary] {
        core.isFinished ? core.endedLeases.takeAll() : core.endedLeases.takeFinal(at: core.now)
    }

    /// Takes what comes after the leases that it explains, and is needed before they are handed out: stacks, and whether
    /// records of leases were lost. Leaves other records alone; all of them are to be consumed afterwards.
    public mutating func foresee(_ record: TraceRecord) {
        switch record {
        case .stack(let stack): core.noteStack(stack)
        case .loss(let loss):
            let losesLeases = loss.lost_kind == 0 || loss.lost_kind == RecordKind.poolAcquireEnd.rawValue
            core.foreseesLostLeases = core.foreseesLostLeases || losesLeases
            core.foreseenLosses.add(loss)
        default: break
        }
    }
}
