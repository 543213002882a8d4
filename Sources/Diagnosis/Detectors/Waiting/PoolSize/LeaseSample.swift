// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The first completed leases of a pool, in the order in which they ended.
struct LeaseSample {
    static let limit = 32_768

    private(set) var leases: [RecordedLease] = []
    private(set) var unlisted: UInt64 = 0

    /// - Parameter wait: `nil`: the request was before the trace.
    /// - Parameter share: the pool has the room of one of so many.
    mutating func add(acquired: UInt64, wait: UInt64?, hold: UInt64, share: Int) {
        guard let wait else { return }
        if leases.count >= Self.limit / share {
            unlisted &+= 1
            return
        }
        leases.append(
            RecordedLease(
                asked: MonotonicInstant(nanoseconds: acquired &- min(wait, acquired)),
                hold: .nanoseconds(clamping: hold)))
    }
}
