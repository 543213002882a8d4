// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension Correlator {
    /// Who waited for whom in a pool, by call site, waits that have not ended included; the longest time first.
    func blames(ofPool index: Int) -> [Blame] {
        var ledger = core.pools[index].blame
        let open = core.pending.queued(inPool: index).filter { core.now > core.pending[$0].begin.timestamp }
        for slot in open.sorted(by: { core.pending[$0].begin.ordinal < core.pending[$1].begin.ordinal }) {
            blame(slot, in: &ledger, at: core.now)
        }
        var order: [[[StackFrame]]] = []
        var groups: [[[StackFrame]]: (waiter: CallStack?, holder: CallStack?, time: Double)] = [:]
        for pair in ledger.pairs {
            let waiter = core.stack(ofSite: pair.waiter, pool: index)
            let holder = core.stack(ofSite: pair.holder, pool: index)
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

    /// The wait of a pending acquire ends.
    func blame(_ slot: Int32, in ledger: inout BlameLedger, at now: UInt64) {
        ledger.blame(
            core.pending[slot].site, since: core.pending.clocks, from: PendingLedger.place(ofClocksOf: slot),
            count: core.pending[slot].clockCount, at: now)
    }
}
