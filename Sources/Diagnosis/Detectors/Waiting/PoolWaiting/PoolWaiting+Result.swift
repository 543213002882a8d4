// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension PoolWaiting {
    /// The summary has the call sites and the pool's audit already.
    ///
    /// - Parameter leases: those of the pool that are open.
    func addResult(to summary: inout PoolSummary, pool: Int32, leases: [Int32], _ core: Core) {
        let state = pools[pool]
        summary.peakAcquiresPerSecond = state.acquires.peak
        summary.dials = state.waits.dials.statistics
        summary.peakWaitsPerSecond = state.waits.meter.peak
        addWaits(to: &summary, state, pool, core)
        addOthersWaited(to: &summary, state, leases, core)
        summary.contention = state.contention.result
        summary.blames = blames(of: pool, state.blame, core)
        summary.recordedLeases = state.sample.leases.sorted { $0.asked < $1.asked }
        summary.unrecordedLeases = state.sample.unlisted
    }

    func addCutOffs(to counts: inout CutOffCounts) {
        for pool in pools.all {
            counts.note(.listedWaits, pool.waits.log.unlisted)
            counts.note(.blames, pool.blame.unlisted)
            counts.note(.recordedLeases, pool.sample.unlisted)
        }
    }

    private func addWaits(to summary: inout PoolSummary, _ state: PoolWaitingState, _ pool: Int32, _ core: Core) {
        let open = core.pending.queued(inPool: Int(pool))
            .sorted { core.pending[$0].begin.ordinal < core.pending[$1].begin.ordinal }
            .filter {
                let begin = core.pending[$0].begin.timestamp
                return core.now >= begin && core.now - begin >= core.settings.floors.waitCounted
            }
        var lengths = state.waits.lengths
        var longest = state.waits.longest
        for request in open {
            let begin = core.pending[request].begin
            lengths.add(core.now - begin.timestamp)
            if core.now - begin.timestamp > longest?.length ?? 0 { longest = (core.now - begin.timestamp, begin) }
        }
        let logged = open.map { request in
            LoggedWait(
                core.pending[request], end: core.now,
                occupied: state.occupancy.most(since: starts.occupancyMark(of: request)))
        }
        summary.waits = lengths.statistics
        summary.peakQueue = state.waits.log.peakQueue(with: logged)
        summary.countedWaits = state.waits.counted &+ UInt64(open.count)
        summary.stillWaiting = UInt64(open.count)
        summary.firstWait = (state.waits.first ?? open.first.map { core.pending[$0].begin })?.reference
        summary.lastWait = (open.last.map { core.pending[$0].begin } ?? state.waits.last)?.reference
        summary.longestWait = longest?.event.reference
        let fullFrom = Self.fullFrom(core.pools[Int(pool)])
        summary.listedWaits =
            state.waits.log.waits.map { Self.wait($0, fullFrom, isEnded: true) }
            + logged.map { Self.wait($0, fullFrom, isEnded: false) }
        var levels = state.waits.levels
        for (request, wait) in zip(open, logged) {
            levels.add(
                core.pending[request].begin, length: wait.length, isFirstUse: false,
                slowFrom: core.settings.floors.poolWaitP99, occupied: wait.occupied)
        }
        Self.addFullWaits(to: &summary, ended: state.waits.log.waits, open: logged, levels, fullFrom)
    }

    private static func wait(_ logged: LoggedWait, _ fullFrom: UInt64?, isEnded: Bool) -> Wait {
        let begin = EventReference(
            ordinal: logged.ordinal, kind: .poolAcquireBegin, timestamp: MonotonicInstant(nanoseconds: logged.begin))
        return Wait(
            holder: logged.holder, begin: begin, end: isEnded ? MonotonicInstant(nanoseconds: logged.end) : nil,
            site: logged.site >= 0 ? Int(logged.site) : nil, isFull: fullFrom.map { logged.occupied >= $0 })
    }

    private func addOthersWaited(
        to summary: inout PoolSummary, _ state: PoolWaitingState, _ leases: [Int32], _ core: Core
    ) {
        var contended = [UInt64](repeating: 0, count: summary.sites.count)
        for (site, time) in state.othersWaited.enumerated() { contended[site] = time }
        for lease in leases where core.leases[lease].site >= 0 {
            contended[Int(core.leases[lease].site)] &+= othersWaited(since: core.leases.slot(lease), core)
        }
        for (site, time) in contended.enumerated() {
            summary.sites[site].othersWaited = .nanoseconds(clamping: time)
        }
    }

    /// Who waited for whom in a pool, by call site, waits that have not ended included; the longest time first.
    private func blames(of pool: Int32, _ ended: BlameLedger, _ core: Core) -> [Blame] {
        var ledger = ended
        let open = core.pending.queued(inPool: Int(pool)).filter { core.now > core.pending[$0].begin.timestamp }
        for request in open.sorted(by: { core.pending[$0].begin.ordinal < core.pending[$1].begin.ordinal }) {
            ledger.blame(
                core.pending[request].site, since: starts.clocks, from: starts.place(ofClocksOf: request),
                count: starts.clockCount(of: request), at: core.now)
        }
        var order: [[[StackFrame]]] = []
        var groups: [[[StackFrame]]: (waiter: CallStack?, holder: CallStack?, time: Double)] = [:]
        for pair in ledger.pairs {
            let waiter = core.stack(ofSite: pair.waiter, pool: Int(pool))
            let holder = core.stack(ofSite: pair.holder, pool: Int(pool))
            let key = [Array(waiter?.callers ?? []), Array(holder?.callers ?? [])]
            if groups[key] == nil { order.append(key) }
            groups[key, default: (waiter, holder, 0)].time += pair.time
        }
        let blames = order.compactMap { groups[$0] }.map { group in
            Blame(
                waiter: group.waiter, holder: group.holder,
                time: .nanoseconds(clamping: UInt64(max(0, min(group.time, 9e18)))))
        }
        return blames.enumerated()
            .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }.map(\.element)
    }
}
