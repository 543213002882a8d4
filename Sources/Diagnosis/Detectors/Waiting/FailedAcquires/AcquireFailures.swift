// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Acquires that came back with an error.
struct AcquireFailures: Sendable {
    private var pools = PoolColumn(FailureLedger())
    /// One by one, where they are kept; see `taken()`.
    private var single: [FailedAcquire] = []

    mutating func acquireFailed(_ failure: AcquireFailure, _ core: Core) {
        let request = failure.request
        let wait = request.map { failure.mark.timestamp.elapsed(since: core.pending[$0].begin.timestamp) }
        let isDialled = request.map { core.pending[$0].isDialling } ?? false
        let site = request.map { core.pending[$0].site } ?? -1
        pools[failure.pool].note(failure.error) { state in
            if let wait { state.waits.add(wait) } else { state.withoutBegin &+= 1 }
            if isDialled { state.dialled &+= 1 }
            state.note(site: site, first: failure.mark, last: failure.mark, holder: failure.holder)
        }
        guard core.settings.keepsEndedLeases else { return }
        single.append(
            FailedAcquire(
                pool: core.pools[Int(failure.pool)].id, holder: failure.holder,
                requested: request.map { core.pending[$0].begin.reference },
                failed: failure.mark.reference, wait: wait.map { .nanoseconds(clamping: $0) },
                isDialled: isDialled, error: core.errorName(failure.error),
                stack: core.stack(ofSite: site, pool: Int(failure.pool))))
    }

    /// The acquires that have failed since the last time, in the order in which they did.
    mutating func taken() -> [FailedAcquire] {
        defer { single.removeAll(keepingCapacity: true) }
        return single
    }

    func addResult(to summary: inout PoolSummary, pool: Int32, _ core: Core) {
        var named: [String: FailureState] = [:]
        for (error, failure) in pools[pool].states {
            named[core.errorName(error), default: FailureState()].add(failure)
        }
        var waits = LogHistogram()
        for (name, failure) in named {
            waits.add(failure.waits)
            summary.failures &+= failure.count
            summary.failuresByError.append(
                FailedAcquires(
                    errorType: name, count: failure.count, dialled: failure.dialled, waits: failure.waits.statistics,
                    sites: failure.sites.sorted { ($1.count, $0.first.ordinal) < ($0.count, $1.first.ordinal) }
                        .map { site($0, pool: pool, core) }))
        }
        summary.failuresByError.sort { ($1.count, $0.errorType) < ($0.count, $1.errorType) }
        summary.failureWaits = waits.statistics
    }

    private func site(_ state: FailureSiteState, pool: Int32, _ core: Core) -> FailedSite {
        FailedSite(
            stack: core.stack(ofSite: state.site, pool: Int(pool)), count: state.count, first: state.first.reference,
            last: state.last.reference, lastHolder: state.lastHolder)
    }
}

extension AcquireFailure {
    var error: FailureLedger.Key { FailureLedger.Key(type: errorType, value: errorValue) }
}

extension Core {
    func errorName(_ error: FailureLedger.Key) -> String {
        if error.type == 0 { return "others" }
        return stacks.errorType(error.value) ?? stacks.errorType(error.type) ?? "0x" + String(error.type, radix: 16)
    }
}
