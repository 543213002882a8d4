// SPDX-License-Identifier: Apache-2.0

/// The data segments of the sockets of one endpoint, and those sent again.
struct SegmentSum {
    private(set) var sent: UInt64 = 0
    private(set) var resent: UInt64 = 0
    private(set) var first: EventMark?
    private(set) var last: EventMark?

    mutating func add(_ count: SegmentCount) {
        sent &+= count.sent
        resent &+= count.resent
        first = [first, count.firstResent].compactMap { $0 }.min { $0.ordinal < $1.ordinal }
        last = [last, count.lastResent].compactMap { $0 }.max { $0.ordinal < $1.ordinal }
    }
}
