// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import TraceModel

/// The fields that the tests look at, whatever the record.
struct SeenRecord {
    var kind: RecordKind
    var inode: UInt64 = 0
    var result: Int32 = 0
    var operation: ps_io_operation?
    var remoteAddress: [UInt8] = []
}

extension KernelSession {
    /// The kernel side's account by record kind, over all CPUs.
    func totals() -> [UInt16: ps_counters] { account().counters.mapValues(ps_counters.sum) }

    /// Everything that is in the ring.
    func drainAll() -> [SeenRecord] {
        var records: [SeenRecord] = []
        while drain(
            limit: 100_000,
            into: { kind, bytes in
                guard let record = TraceRecord(kind: kind, bytes: bytes) else {
                    records.append(SeenRecord(kind: RecordKind(rawValue: 0)!))
                    return
                }
                records.append(SeenRecord(record))
            }) == 100_000
        {}
        return records
    }
}

extension SeenRecord {
    init(_ record: TraceRecord) {
        self.init(kind: RecordKind(rawValue: record.header.kind)!)
        switch record {
        case .socketOpen(let open): inode = open.socket_inode
        case .socketConnect(let connect):
            (inode, result) = (connect.socket_inode, connect.result)
            remoteAddress = withUnsafeBytes(of: connect.remote_address) { Array($0.prefix(4)) }
        case .socketAccept(let accept):
            (inode, result) = (accept.socket_inode, accept.result)
            remoteAddress = withUnsafeBytes(of: accept.remote_address) { Array($0.prefix(4)) }
        case .socketIO(let io):
            (inode, result, operation) = (io.socket_inode, io.result, ps_io_operation(rawValue: io.operation))
        case .socketClose(let close): inode = close.socket_inode
        case .descriptorClose(let close): inode = close.socket_inode
        case .descriptorOpen(let open): inode = open.socket_inode
        case .socketState(let state): inode = state.socket_inode
        default: break
        }
    }
}
