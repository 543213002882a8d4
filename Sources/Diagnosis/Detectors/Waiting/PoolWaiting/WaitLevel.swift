// SPDX-License-Identifier: Apache-2.0

/// The waits that met the same number of connections at most that others had, so far.
struct WaitLevel {
    var count: UInt64 = 0
    /// Of at least `pool-wait.p99`.
    var slow: UInt64 = 0
    /// Of both, those that got a connection which nobody had leased in the trace before.
    var firstUses: UInt64 = 0
    var slowFirstUses: UInt64 = 0
    var longest: (length: UInt64, event: EventMark)?
    var first: EventMark?
    var last: EventMark?

    mutating func add(_ begin: EventMark, length: UInt64, isFirstUse: Bool, slowFrom: UInt64) {
        count &+= 1
        if isFirstUse { firstUses &+= 1 }
        if length > slowFrom {
            slow &+= 1
            if isFirstUse { slowFirstUses &+= 1 }
        }
        if length > longest?.length ?? 0 { longest = (length, begin) }
        first = first ?? begin
        last = begin
    }
}
