// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords
public import TraceModel

/// A trace written by hand: each call adds a record at a time in milliseconds. Records are handed out ordered by time.
public struct TraceScript {
    /// Where time 0 of the script is on the monotonic clock.
    public static let origin: UInt64 = 1_000_000_000_000
    public var plan: ProbePlan
    public var process = ProcessFacts(
        processID: 4711, name: "orders", executable: "/srv/orders", goVersion: "go1.24.11", hostName: "shop-3")
    public var symbols: [StackSymbol] = []
    public var end: TraceEnd?
    public private(set) var entries: [(at: UInt64, record: TraceRecord)] = []

    public init() { plan = Self.defaultPlan }

    /// The point of a role in the default plan: adapter 0 has the ids 1 to 4, adapter 1 has 11 to 14.
    public static func point(_ role: UInt32, adapter: UInt32) -> UInt32 { adapter * 10 + role }

    /// `database/sql` with every point armed, and all socket probes.
    public static var defaultPlan: ProbePlan {
        let records = [
            "socket_open", "socket_connect", "socket_accept", "socket_state", "socket_io", "socket_close",
            "descriptor_open", "descriptor_close", "unix_address", "task_exit",
            "socket_retransmit", "socket_reset", "datagram_drop",
        ]
        let roles = ["acquire_begin", "acquire_end", "release", "connection_close"]
        let functions = ["(*DB).conn", "(*DB).conn", "(*DB).putConn", "(*driverConn).finalClose"]
        var plan = ProbePlan(
            kernelProbes: [PlannedKernelProbe(name: "sockets", mechanism: "tracepoint", hooks: [], records: records)],
            pools: [
                PlannedPool(
                    adapterID: 0, adapter: "database/sql", version: "go1.24.11", isComplete: true,
                    traits: PoolTraits(countsOnlyQueuedWaits: true))
            ], libraries: ["github.com/lib/pq", "github.com/go-redis/redis"])
        plan.points = zip(roles, functions).enumerated().map { index, point in
            PlanPoint(
                id: UInt32(index + 1), adapterID: 0, role: point.0, function: "database/sql." + point.1,
                address: 0x400000 + UInt64(index) * 0x100, fileOffset: 0, instruction: "55", placement: "push",
                expectedCostNanoseconds: 900, mechanism: "uprobe_multi")
        }
        plan.armedAt = MonotonicInstant(nanoseconds: origin)
        return plan
    }

    public static func instant(_ milliseconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: origin &+ UInt64(bitPattern: Int64((milliseconds * 1_000_000).rounded())))
    }

    /// The header of a record at `milliseconds`.
    public static func header(
        _ kind: RecordKind, at milliseconds: Double, goroutine: UInt64 = 0, thread: UInt32 = 100
    ) -> ps_header {
        var header = ps_header()
        header.timestamp_ns = instant(milliseconds).nanoseconds
        header.goroutine_id = goroutine
        header.process_id = 4711
        header.thread_id = thread
        header.kind = kind.rawValue
        return header
    }

    public mutating func add(_ record: TraceRecord) { entries.append((record.header.timestamp_ns, record)) }

    /// Ordered by time; at equal times in the order in which they were written.
    public var records: [TraceRecord] {
        entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element.record)
    }

    /// What precedes the records in the file, and what follows.
    public var metadata: [TraceMetadata] { [.process(process), .plan(plan), .symbols(symbols)] }
    /// The same of a trace that is whole: the end is known before the records.
    public var metadataWithEnd: [TraceMetadata] { metadata + (end.map { [.end($0)] } ?? []) }
}
