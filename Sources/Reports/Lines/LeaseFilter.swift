// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
public import TraceModel

/// Which leases are wanted. What is not set excludes nothing.
public struct LeaseFilter: Sendable {
    /// A pool's name, its library's name, or the address of the pool object in hex.
    public var pool: String?
    /// A part of the acquiring stack: in a function's name, or in `file.go:42`.
    public var site: String?
    /// Only leases that were open when the trace ended.
    public var isOpenOnly = false
    /// Only leases that were held for at least this long.
    public var minimumHold: Duration?

    public init() {}

    /// - Parameter end: of the trace, for leases that are open.
    public func includes(_ lease: LeaseSummary, poolName: String, end: MonotonicInstant) -> Bool {
        if isOpenOnly, lease.ending != nil { return false }
        if let pool, !Self.isPool(lease.pool, poolName, named: pool) { return false }
        if let minimumHold, lease.hold(until: end).map({ $0 < minimumHold }) ?? true { return false }
        return isFrom(lease.stack)
    }

    /// By pool and site: what failed was neither open nor held.
    public func includes(_ failure: FailedAcquire, poolName: String) -> Bool {
        if let pool, !Self.isPool(failure.pool, poolName, named: pool) { return false }
        return isFrom(failure.stack)
    }

    private func isFrom(_ stack: CallStack?) -> Bool {
        guard let site else { return true }
        return stack?.frames.contains { StackText.place($0).contains(site) } ?? false
    }

    private static func isPool(_ id: PoolID, _ name: String, named wanted: String) -> Bool {
        // A copy that package x brought along is "redigo in x/vendor #1".
        return wanted == name || name.hasPrefix(wanted + " #") || name.hasPrefix(wanted + " in ")
            || wanted == "0x" + String(id.address, radix: 16)
    }
}
