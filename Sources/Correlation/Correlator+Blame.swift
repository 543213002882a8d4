// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension Correlator {
    /// Who waited for whom in a pool, by call site, waits that have not ended included; the longest time first.
    func blames(ofPool index: Int) -> [Blame] {
        var ledger = pools[index].blame
        let open = pending.values.filter { Int($0.pool) == index && !$0.isDialling && now > $0.begin.timestamp }
        for request in open.sorted(by: { $0.begin.ordinal < $1.begin.ordinal }) {
            ledger.blame(request.site, since: request.clocks, at: now)
        }
        var order: [[[StackFrame]]] = []
        var groups: [[[StackFrame]]: (waiter: CallStack?, holder: CallStack?, time: Double)] = [:]
        // Sorted: the sums of fractions must not depend on hashing.
        for (pair, time) in ledger.pairs.sorted(by: { ($0.key.waiter, $0.key.holder) < ($1.key.waiter, $1.key.holder) })
        {
            let waiter = stack(ofSite: pair.waiter, pool: index)
            let holder = stack(ofSite: pair.holder, pool: index)
            let key = [Array(waiter?.callers ?? []), Array(holder?.callers ?? [])]
            if groups[key] == nil { order.append(key) }
            groups[key, default: (waiter, holder, 0)].time += time
        }
        let blames = order.compactMap { groups[$0] }.map { group in
            Blame(
                waiter: group.waiter, holder: group.holder,
                time: .nanoseconds(clamping: UInt64(max(0, min(group.time, 9e18)))))
        }
        return blames.enumerated()
            .sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }.map(\.element)
    }

    private func stack(ofSite site: Int32, pool: Int) -> CallStack? {
        site >= 0 ? stack(of: pools[pool].sites[Int(site)]) : nil
    }
}
