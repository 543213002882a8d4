// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension PoolSummary {
    /// Who waited for a connection at some time between `start` and `end`, by call site, the longest wait first.
    ///
    /// Where it is known, only those during which the pool was full: who else took long made or checked one.
    func waiters(from start: MonotonicInstant, to end: MonotonicInstant) -> [WaiterGroup] {
        var order: [[StackFrame]] = []
        var groups: [[StackFrame]: WaiterGroup] = [:]
        for wait in listedWaits where wait.isFull != false && wait.begin.timestamp <= end && (wait.end ?? end) >= start
        {
            let stack = wait.site.flatMap { sites.indices.contains($0) ? sites[$0].stack : nil }
            let key = Array(stack?.callers ?? [])
            if groups[key] == nil { order.append(key) }
            var group = groups[key] ?? WaiterGroup(stack: stack, waits: 0, longest: .zero, stillWaiting: 0)
            group.waits += 1
            group.longest = max(group.longest, (wait.end ?? end) - wait.begin.timestamp)
            if wait.end == nil { group.stillWaiting += 1 }
            groups[key] = group
        }
        // Stable: equals stay in the order in which they first waited.
        return order.compactMap { groups[$0] }.enumerated()
            .sorted { ($1.element.longest, $0.offset) < ($0.element.longest, $1.offset) }.map(\.element)
    }
}
