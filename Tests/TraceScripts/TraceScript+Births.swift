// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What comes before a connection's first lease.
extension TraceScript {
    /// A look-up that returned at `at`.
    public mutating func lookup(at: Double, _ name: String, goroutine: UInt64, took: Double, error: UInt64 = 0) {
        var record = ps_name_lookup()
        record.header = Self.header(.nameLookup, at: at, goroutine: goroutine)
        record.duration_ns = UInt64(took * 1_000_000)
        record.error_type = error
        record.address_count = error == 0 ? 1 : 0
        record.name_length = UInt16(truncatingIfNeeded: name.utf8.count)
        withUnsafeMutableBytes(of: &record.name) { $0.copyBytes(from: name.utf8.prefix($0.count)) }
        add(.nameLookup(record))
    }

    /// A handshake that returned at `at`.
    public mutating func handshake(at: Double, inode: UInt64, goroutine: UInt64, took: Double, error: UInt64 = 0) {
        var record = ps_tls_handshake()
        record.header = Self.header(.tlsHandshake, at: at, goroutine: goroutine)
        record.connection = 0xe0 &+ inode
        record.duration_ns = UInt64(took * 1_000_000)
        record.error_type = error
        record.socket_inode = inode
        record.descriptor = -1
        add(.tlsHandshake(record))
    }

    /// - Parameter mode: `PS_DEADLINE_*`; reads unless said otherwise.
    public mutating func readDeadline(at: Double, inode: UInt64, isCleared: Bool = false, mode: UInt32 = 1) {
        var record = ps_deadline()
        record.header = Self.header(.deadline, at: at)
        record.socket_inode = inode
        record.descriptor = -1
        record.mode = UInt16(truncatingIfNeeded: mode)
        record.is_cleared = isCleared ? 1 : 0
        add(.deadline(record))
    }

    /// The plan has the probe on deadlines.
    public mutating func traceDeadlines() { traceCall("internal/poll.setDeadlineImpl", record: "deadline") }

    /// The plan has the probe on TLS handshakes.
    public mutating func traceHandshakes() {
        traceCall("crypto/tls.(*Conn).clientHandshake", record: "tls_handshake")
    }

    /// The plan has the probe on name look-ups.
    public mutating func traceLookups() { traceCall("net.(*Resolver).lookupIPAddr", record: "name_lookup") }

    private mutating func traceCall(_ function: String, record: String) {
        let point = PlanPoint(
            id: 0, adapterID: .max, role: "call", function: function, address: 0x410000,
            fileOffset: 0, instruction: "55", placement: "push", expectedCostNanoseconds: 800, mechanism: "uprobe_multi"
        )
        plan.runtimeCalls =
            (plan.runtimeCalls ?? []) + [PlannedRuntimeCall(name: record, record: record, points: [point])]
    }

    /// socket(2), a connect(2) that does not wait, and the states of the connection.
    public mutating func dial(at: Double, inode: UInt64, descriptor: Int32, goroutine: UInt64, took: Double) {
        connect(at: at, inode: inode, descriptor: descriptor, goroutine: goroutine, result: -115)
        // Between the records of socket(2) and of the return of connect(2).
        state(at: at - 0.0005, inode: inode, from: 7, to: 2)
        state(at: at + took, inode: inode, from: 2, to: 1)
    }
}
