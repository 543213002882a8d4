// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The acquiring stacks of one call site, summed.
struct SiteGroup {
    var stack: CallStack?
    var acquires: UInt64 = 0
    var open: UInt64 = 0
    var completed: UInt64 = 0
    var hold = Duration.zero
    var longestHold = Duration.zero
    var othersWaited = Duration.zero

    var name: String { stack?.site?.function ?? "an unknown function" }
    var meanHold: Duration { completed == 0 ? .zero : .nanoseconds(hold.wholeNanoseconds / Int64(clamping: completed)) }

    /// A pool's call sites, by the application's frames, in the order of the first acquire.
    static func all(of pool: PoolSummary) -> [SiteGroup] {
        var order: [[StackFrame]] = []
        var groups: [[StackFrame]: SiteGroup] = [:]
        for site in pool.sites {
            let key = Array(site.stack?.callers ?? [])
            if groups[key] == nil { order.append(key) }
            var group = groups[key] ?? SiteGroup(stack: site.stack)
            group.acquires &+= site.acquires
            group.open &+= site.openLeases
            group.completed &+= site.completed
            group.hold += site.totalHold
            group.longestHold = max(group.longestHold, site.longestHold)
            group.othersWaited += site.othersWaited
            groups[key] = group
        }
        return order.compactMap { groups[$0] }
    }
}
