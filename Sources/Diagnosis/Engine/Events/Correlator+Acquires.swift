// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Acquires: from the request for a connection to the lease, or to an error.
extension Correlator {
    mutating func take(_ record: ps_pool_acquire_begin, _ ordinal: UInt64) {
        let adapter = core.adapter(ofPoint: record.point_id)
        guard let holder = HolderKey(record.header) else { return }
        let key = PendingKey(holder: holder, adapterID: adapter)
        if let ended = core.pending.leftover(at: record.goroutine_address, of: holder) { endWaits(of: ended) }
        endLostWait(key)
        let request = core.beginWait(record, ordinal, key)
        detectors.acquireBegan(request, core)
    }

    mutating func take(_ record: ps_pool_acquire_end, _ ordinal: UInt64) {
        closeUnreferred(before: record.header.timestamp_ns)
        let key = LeaseKey(adapterID: core.adapter(ofPoint: record.point_id), connection: record.connection)
        var request: Int32?
        if let holder = HolderKey(record.header) {
            request = core.pending.end(PendingKey(holder: holder, adapterID: key.adapterID))
        }
        let pool = request.map { core.pending[$0].pool } ?? core.pool(ofConnection: key)
        if let request {
            let wait = core.endWait(of: request, record, key)
            detectors.waitEnded(wait, core)
        }
        core.pools[Int(pool)].countAcquire(at: record.header.timestamp_ns)
        detectors.acquireReturned(from: pool, at: record.header.timestamp_ns)
        if record.connection != 0 {
            startLease(record, ordinal, key: key, pool: pool, request: request)
        } else if record.error_type != 0 {
            fail(record, ordinal, pool: pool, request: request)
        } else if request == nil {
            // Without an error, it was given a connection that many use at once (HTTP/2): nothing is leased. Or it began
            // before the probes, and what it got is not told by its end.
            core.unknownAcquireEnd = record.header.timestamp_ns
        }
    }

    private mutating func fail(_ record: ps_pool_acquire_end, _ ordinal: UInt64, pool: Int32, request: Int32?) {
        let failure = AcquireFailure(
            pool: pool, request: request, holder: Holder(record.header), errorType: record.error_type,
            errorValue: record.error_value, mark: EventMark(record.header, ordinal: ordinal))
        detectors.acquireFailed(failure, core)
    }

    /// The acquires that have failed since the last time, in the order in which they did.
    public mutating func takeFailedAcquires() -> [FailedAcquire] { detectors.acquireFailures.taken() }

    /// The holder has ended: so have its acquires, by a panic or with an end that was lost.
    mutating func endWaits(of holder: HolderKey) {
        if core.pending.count == 0 { return }
        for adapter in core.adapters { endLostWait(PendingKey(holder: holder, adapterID: adapter)) }
    }

    private mutating func endLostWait(_ key: PendingKey) {
        if let lost = core.loseWait(key) { detectors.waitLost(lost, at: core.now, core) }
    }

    /// A goroutine that opens or connects a socket while it acquires does not queue: it dials.
    mutating func noteDial(by header: ps_header) {
        guard core.pending.count > 0, let holder = HolderKey(header) else { return }
        for adapter in core.adapters {
            if let request = core.pending.slot(PendingKey(holder: holder, adapterID: adapter)) {
                noteDial(of: request, at: header.timestamp_ns)
            }
        }
    }

    private mutating func noteDial(of request: Int32, at start: UInt64) {
        if let pool = core.noteDial(of: request, at: start) { detectors.dialBegan(in: pool, core) }
    }

    /// Who looks up a name does not queue for a connection of the pool, but makes one.
    mutating func noteLookup(
        _ lookup: NameLookup, name: String, hasFailed: Bool, by holder: HolderKey?, at mark: EventMark
    ) {
        guard core.pending.count > 0, !lookup.isLiteral, let holder else { return }
        for adapter in core.adapters {
            guard let request = core.pending.slot(PendingKey(holder: holder, adapterID: adapter)) else { continue }
            let begin = core.pending[request].begin.timestamp
            let started = max(begin, lookup.endedAt &- min(lookup.duration, lookup.endedAt))
            noteDial(of: request, at: started)
            core.pending.noteLookup(request, took: lookup.endedAt &- min(started, lookup.endedAt))
            detectors.lookedUp(lookup, name: name, hasFailed: hasFailed, in: request, at: mark, core)
        }
    }
}
