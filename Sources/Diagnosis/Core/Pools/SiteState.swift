// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// What one acquiring stack did with a pool, so far.
struct SiteState {
    let key: SiteKey
    var acquires: UInt64 = 0
    var openLeases: UInt64 = 0
    var completed: UInt64 = 0
    /// Leases that came back from who took them, and from somebody else.
    var returnedByTaker: UInt64 = 0
    var returnedByOther: UInt64 = 0

    init(key: SiteKey) { self.key = key }
}
