// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Acquires that came back with an error.
extension Correlator {
    mutating func noteFailure(
        _ record: ps_pool_acquire_end, _ ordinal: UInt64, pool: Int32, request: PendingAcquire?
    ) {
        let now = record.header.timestamp_ns
        let wait = request.map { now > $0.begin.timestamp ? now - $0.begin.timestamp : 0 }
        // A timeout in the queue, or an error on the way to a connection.
        if let request, !request.isDialling {
            core.pools[Int(pool)].books.notePossiblyQueued(begin: request.begin.timestamp)
        }
        let mark = EventMark(record.header, ordinal: ordinal)
        let error = FailureLedger.Key(type: record.error_type, value: record.error_value)
        core.pools[Int(pool)].failures.note(error) { failure in
            if let wait { failure.waits.add(wait) } else { failure.withoutBegin &+= 1 }
            if request?.isDialling == true { failure.dialled &+= 1 }
            failure.note(site: request?.site ?? -1, first: mark, last: mark, holder: Holder(record.header))
        }
        if let request { noteStartUp(failedAt: mark, pool: pool, request: request, error: error) }
        guard core.settings.keepsEndedLeases else { return }
        detectors.failedAcquires.append(
            FailedAcquire(
                pool: core.pools[Int(pool)].id, holder: Holder(record.header), requested: request?.begin.reference,
                failed: mark.reference, wait: wait.map { .nanoseconds(clamping: $0) },
                isDialled: request?.isDialling ?? false, error: errorName(error),
                stack: core.stack(ofSite: request?.site ?? -1, pool: Int(pool))))
    }

    /// The acquires that have failed since the last time, in the order in which they did.
    public mutating func takeFailedAcquires() -> [FailedAcquire] {
        defer { detectors.failedAcquires.removeAll(keepingCapacity: true) }
        return detectors.failedAcquires
    }

    func addFailures(of index: Int, to summary: inout PoolSummary) {
        var named: [String: FailureState] = [:]
        for (error, failure) in core.pools[index].failures.states {
            named[errorName(error), default: FailureState()].add(failure)
        }
        var waits = LogHistogram()
        for (name, failure) in named {
            waits.add(failure.waits)
            summary.failures &+= failure.count
            summary.failuresByError.append(
                FailedAcquires(
                    errorType: name, count: failure.count, dialled: failure.dialled, waits: failure.waits.statistics,
                    sites: failure.sites.sorted { ($1.count, $0.first.ordinal) < ($0.count, $1.first.ordinal) }
                        .map { failedSite($0, pool: index) }))
        }
        summary.failuresByError.sort { ($1.count, $0.errorType) < ($0.count, $1.errorType) }
        summary.failureWaits = waits.statistics
    }

    private func failedSite(_ state: FailureSiteState, pool: Int) -> FailedSite {
        FailedSite(
            stack: core.stack(ofSite: state.site, pool: pool), count: state.count, first: state.first.reference,
            last: state.last.reference, lastHolder: state.lastHolder)
    }

    func errorName(_ error: FailureLedger.Key) -> String {
        if error.type == 0 { return "others" }
        return core.stacks.errorType(error.value) ?? core.stacks.errorType(error.type) ?? "0x"
            + String(error.type, radix: 16)
    }
}
