// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// The counters of puddle's `Pool`, on which `pgxpool.Pool` is built, as `Pool.Stat` has them (puddle pool.go; v1.3, v2.2).
///
/// A resource is counted as open from when its connection is being made. Its status is in the resource itself.
struct PuddleCounters: PoolCounterReader {
    private let fields: FieldCounters
    private let resources: GoFieldPlace?
    private let status: GoFieldPlace?

    /// `resourceStatusIdle`, in all versions.
    private static let idle: UInt8 = 1
    /// Of a larger pool the idle ones are not counted.
    private static let maximumResources: Int64 = 4096

    /// - Parameter package: the path of `pgxpool`.
    init?(pgxpool package: String, _ fields: inout GoFieldResolver) {
        let pool = GoStructureName(package: package, name: "Pool")
        guard
            let counters = FieldCounters(
                of: pool,
                [
                    .open: "p.allResources.len", .maximumOpen: "p.maxSize", .waitCount: "p.emptyAcquireCount",
                    .waitNanoseconds: "p.emptyAcquireWaitTime",
                ], &fields)
        else { return nil }
        self.fields = counters
        let loss = PoolCounter.idle.loss
        resources = fields.place(of: GoField("p.allResources.array", of: pool), loss: loss)
        status = fields.place(
            of: GoField("res.status", of: GoStructureName(package: package, name: "Conn")), loss: loss)
    }

    func counters(ofPoolAt address: UInt64, in memory: any ReadableMemory) -> PoolCounters? {
        guard var counters = fields.counters(ofPoolAt: address, in: memory) else { return nil }
        counters.idle = idleCount(of: address, resources: counters.open, in: memory) ?? -1
        return counters
    }

    private func idleCount(of pool: UInt64, resources count: Int64, in memory: any ReadableMemory) -> Int64? {
        guard (0...Self.maximumResources).contains(count), let status, status.size == 1,
            let resources, resources.size == 8,
            let array = resources.address(in: pool, memory).flatMap({ memory.readUInt64($0) }),
            let bytes = memory.read(array, count: Int(count) * 8)
        else { return nil }
        var idle: Int64 = 0
        for index in 0..<Int(count) {
            let resource = bytes[index * 8..<index * 8 + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let state = memory.readUInt8(resource &+ UInt64(status.offset)) else { return nil }
            if state == Self.idle { idle += 1 }
        }
        return idle
    }
}
