// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The connections of which one part took long, so far.
struct SlowPart {
    private(set) var count: UInt64 = 0
    private var first: EventMark?
    private var last: EventMark?

    mutating func add(_ took: UInt64, floor: UInt64, at mark: EventMark?) {
        guard took >= floor else { return }
        count &+= 1
        guard let mark else { return }
        // Connections are booked at their close: not in the order of their births.
        if first.map({ mark.ordinal < $0.ordinal }) ?? true { first = mark }
        if last.map({ mark.ordinal > $0.ordinal }) ?? true { last = mark }
    }

    var summary: SlowBirths { SlowBirths(count: count, first: first?.reference, last: last?.reference) }
}
