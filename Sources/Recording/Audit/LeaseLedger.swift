// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The leases and waits that are open right now: what an audit looks at, and what the live line shows. The analysis
/// keeps its own account, from the file.
struct LeaseLedger {
    struct OpenLease {
        let goroutineID: UInt64
        let goroutineAddress: UInt64
        let threadID: UInt32
        let acquiredNanoseconds: UInt64
    }

    private(set) var leases: [UInt64: OpenLease] = [:]
    /// Pool objects that were seen, with the adapter of the point that saw them.
    private(set) var pools: [UInt64: UInt32] = [:]
    private var waits: [UInt64: UInt64] = [:]
    private let adapterOfPoint: [UInt32]

    /// More pools than any program has: a guard against garbage in a register.
    private static let maximumPools = 4096

    var waiting: Int { waits.count }

    /// - Parameter adapterOfPoint: adapter id by point id.
    init(adapterOfPoint: [UInt32]) { self.adapterOfPoint = adapterOfPoint }

    mutating func begin(_ record: ps_pool_acquire_begin) {
        waits[holder(record.header)] = record.goroutine_address
        if pools.count < Self.maximumPools, let adapter = adapter(of: record.point_id) {
            pools[record.pool] = adapter
        }
    }

    mutating func end(_ record: ps_pool_acquire_end) {
        let goroutine = waits.removeValue(forKey: holder(record.header)) ?? 0
        guard record.connection != 0 else { return }
        leases[record.connection] = OpenLease(
            goroutineID: record.header.goroutine_id, goroutineAddress: goroutine, threadID: record.header.thread_id,
            acquiredNanoseconds: record.header.timestamp_ns)
    }

    mutating func release(_ record: ps_pool_release) { leases[record.connection] = nil }

    mutating func close(_ record: ps_pool_connection_close) { leases[record.connection] = nil }

    func adapter(of point: UInt32) -> UInt32? {
        Int(point) < adapterOfPoint.count ? adapterOfPoint[Int(point)] : nil
    }

    /// Goroutine ids are far below 2^63: the upper half is free for threads.
    private func holder(_ header: ps_header) -> UInt64 {
        header.goroutine_id != 0 ? header.goroutine_id : UInt64(header.thread_id) | 1 << 63
    }
}
