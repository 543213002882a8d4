// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How the leases of one call site came back: whether who takes a connection also gives it back, or hands it on.
struct SiteReturns {
    var byTaker: UInt64 = 0
    var byOther: UInt64 = 0

    /// Leases came back, and always from who took them.
    var areByTakers: Bool { byTaker > 0 && byOther == 0 }

    /// - Parameter stack: of the leases in question.
    init(of stack: CallStack?, in pool: PoolSummary) {
        let key = Array(stack?.callers ?? [])
        // Without the application's frames, leases of any call site would be taken for this one's.
        if key.isEmpty { return }
        for site in pool.sites where Array(site.stack?.callers ?? []) == key {
            byTaker &+= site.returnedByTaker
            byOther &+= site.returnedByOther
        }
    }

    init(byTaker: UInt64, byOther: UInt64) {
        self.byTaker = byTaker
        self.byOther = byOther
    }
}
