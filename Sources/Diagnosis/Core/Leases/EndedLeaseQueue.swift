// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Ended leases in the order of their ends, until it is known how they ended.
struct EndedLeaseQueue {
    private struct Entry {
        var lease: LeaseSummary
        let endedAt: UInt64
        var isFinal: Bool
    }

    private var entries: [Entry] = []
    /// The sequence number of the first entry.
    private var first: UInt64 = 0

    /// - Returns: its sequence number.
    mutating func add(_ lease: LeaseSummary, endedAt: UInt64, isFinal: Bool) -> UInt64 {
        entries.append(Entry(lease: lease, endedAt: endedAt, isFinal: isFinal))
        return first &+ UInt64(entries.count - 1)
    }

    mutating func settle(_ sequence: UInt64, _ change: (inout LeaseEnding?) -> Void = { _ in }) {
        guard sequence >= first, sequence - first < UInt64(entries.count) else { return }
        let index = Int(sequence - first)
        change(&entries[index].lease.ending)
        entries[index].isFinal = true
    }

    /// Takes those out that nothing can change any more.
    mutating func takeFinal(at now: UInt64) -> [LeaseSummary] {
        let count =
            entries.firstIndex { entry in
                !entry.isFinal && !(now > entry.endedAt && now - entry.endedAt > ReleasedLease.window)
            } ?? entries.count
        return take(count)
    }

    mutating func takeAll() -> [LeaseSummary] { take(entries.count) }

    private mutating func take(_ count: Int) -> [LeaseSummary] {
        let taken = entries.prefix(count).map(\.lease)
        entries.removeFirst(count)
        first &+= UInt64(count)
        return taken
    }
}
