// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel
import TraceScripts

/// A pool's connections at work: a lease is asked for, given, used by one request and its answer, and given back. A lease
/// takes 5 records.
struct BusyService {
    private(set) var now = TraceScript.origin
    private let sockets: UInt64
    private var lease: UInt64 = 0
    private var step = 0
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(sockets: Int) { self.sockets = UInt64(max(1, sockets)) }

    /// The sockets connect, to four servers.
    func connects() -> [TraceRecord] {
        (0..<sockets).map { socket in
            var record = ps_socket_connect()
            record.header = header(.socketConnect, socket)
            record.socket_inode = 1000 + socket
            record.remote_address.0 = 10
            record.remote_address.3 = UInt8(1 + socket % 4)
            record.remote_port = 5432
            record.local_address.0 = 10
            record.local_address.3 = 100
            record.local_port = UInt16(truncatingIfNeeded: 20_000 + socket)
            record.family = 2
            record.protocol = 6
            record.descriptor = Int32(truncatingIfNeeded: 7 + socket)
            record.stack_id = -1
            return .socketConnect(record)
        }
    }

    /// The next record, a little later than the one before.
    mutating func next() -> TraceRecord {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        now &+= 200 + random % 1600
        let socket = lease % sockets
        defer {
            step += 1
            if step == 5 { (step, lease) = (0, lease + 1) }
        }
        switch step {
        case 0:
            var record = ps_pool_acquire_begin()
            record.header = header(.poolAcquireBegin, socket)
            record.pool = 0xc000_0100
            record.stack_id = Int32(lease % 13)
            record.point_id = TraceScript.point(1, adapter: 0)
            return .poolAcquireBegin(record)
        case 1:
            var record = ps_pool_acquire_end()
            record.header = header(.poolAcquireEnd, socket)
            record.connection = 0xc000_1000 + socket * 0x80
            record.socket_inode = 1000 + socket
            record.descriptor = Int32(truncatingIfNeeded: 7 + socket)
            record.walk_status = ps_walk_status.socket.rawValue
            record.point_id = TraceScript.point(2, adapter: 0)
            return .poolAcquireEnd(record)
        case 2, 3:
            var record = ps_socket_io()
            record.header = header(.socketIO, socket)
            record.socket_inode = 1000 + socket
            record.duration_ns = random % 1_000_000
            record.result = Int32(32 + random % 900)
            record.family = 2
            record.protocol = 6
            record.operation = (step == 2 ? ps_io_operation.send : ps_io_operation.receive).rawValue
            return .socketIO(record)
        default:
            var record = ps_pool_release()
            record.header = header(.poolRelease, socket)
            record.pool = 0xc000_0100
            record.connection = 0xc000_1000 + socket * 0x80
            record.point_id = TraceScript.point(3, adapter: 0)
            return .poolRelease(record)
        }
    }

    private func header(_ kind: RecordKind, _ socket: UInt64) -> ps_header {
        var header = ps_header()
        header.timestamp_ns = now
        header.goroutine_id = 100 + socket
        header.process_id = 4711
        header.thread_id = UInt32(4711 + socket % 8)
        header.kind = kind.rawValue
        header.cpu = UInt16(socket % 2)
        return header
    }
}
