// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords
public import TraceModel

/// Sockets, descriptors, I/O and the census. Endpoints are 10.0.0.5:5432 unless said otherwise.
extension TraceScript {
    public static let database: (UInt8, UInt8, UInt8, UInt8) = (10, 0, 0, 5)

    static func bytes(_ a: (UInt8, UInt8, UInt8, UInt8)) -> Endpoint.AddressBytes {
        (a.0, a.1, a.2, a.3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    }

    public mutating func open(
        at: Double, inode: UInt64, descriptor: Int32, goroutine: UInt64 = 0, stack: Int32 = -1, type: UInt16 = 1,
        protocolNumber: UInt16 = 6
    ) {
        var open = ps_socket_open()
        open.header = Self.header(.socketOpen, at: at, goroutine: goroutine)
        open.socket_inode = inode
        open.socket_key = inode &+ 0xabc000
        open.descriptor = descriptor
        open.stack_id = stack
        open.family = 2
        open.type = type
        open.protocol = protocolNumber
        add(.socketOpen(open))
    }

    /// socket(2) and a connect(2) that succeeds at once.
    public mutating func connect(
        at: Double, inode: UInt64, descriptor: Int32, goroutine: UInt64 = 0, port: UInt16 = 5432, result: Int32 = 0,
        host: UInt8 = 5, took: Double = 0
    ) {
        open(at: at - 0.001, inode: inode, descriptor: descriptor, goroutine: goroutine)
        var connect = ps_socket_connect()
        connect.header = Self.header(.socketConnect, at: at, goroutine: goroutine)
        connect.socket_inode = inode
        connect.socket_key = inode &+ 0xabc000
        connect.local_address = Self.bytes((10, 0, 0, 9))
        connect.local_port = 40000
        connect.remote_address = Self.bytes((10, 0, 0, host))
        connect.remote_port = port
        connect.family = 2
        connect.protocol = 6
        connect.duration_ns = UInt64(took * 1_000_000)
        connect.result = result
        connect.descriptor = descriptor
        connect.stack_id = -1
        add(.socketConnect(connect))
    }

    /// connect(2) alone, on a socket that is new, with all that can be chosen. `took` in milliseconds.
    public mutating func connectCall(
        at: Double, inode: UInt64, descriptor: Int32 = 7,
        to address: Endpoint = .ipv4(address: 0x0a00_0005, port: 5432),
        protocolNumber: UInt16 = 6, result: Int32, took: Double = 0.1, stack: Int32 = -1
    ) {
        var record = ps_socket_connect()
        record.header = Self.header(.socketConnect, at: at)
        record.socket_inode = inode
        record.socket_key = inode &+ 0xabc000
        record.duration_ns = UInt64(took * 1_000_000)
        switch address {
        case .ipv4(let bits, let port):
            record.family = 2
            record.remote_port = port
            withUnsafeMutableBytes(of: &record.remote_address) { $0.storeBytes(of: bits.bigEndian, as: UInt32.self) }
        case .ipv6(let high, let low, let port):
            record.family = 10
            record.remote_port = port
            withUnsafeMutableBytes(of: &record.remote_address) {
                $0.storeBytes(of: high.bigEndian, as: UInt64.self)
                $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
        case .unix: record.family = 1
        }
        record.protocol = protocolNumber
        record.result = result
        record.descriptor = descriptor
        record.stack_id = stack
        add(.socketConnect(record))
    }

    public mutating func unixPath(at: Double, inode: UInt64, _ path: [UInt8], isRemote: Bool = true) {
        var record = ps_unix_address()
        record.header = Self.header(.unixAddress, at: at)
        record.socket_inode = inode
        record.path_length = UInt16(truncatingIfNeeded: path.count)
        record.is_remote = isRemote ? 1 : 0
        withUnsafeMutableBytes(of: &record.path) { $0.copyBytes(from: path.prefix($0.count)) }
        add(.unixAddress(record))
    }

    private mutating func io(
        _ operation: ps_io_operation, at: Double, inode: UInt64, goroutine: UInt64, result: Int32, took: Double,
        waited: UInt16 = 0, queued: UInt32 = 0, isTimed: Bool = true
    ) {
        var record = ps_socket_io()
        record.header = Self.header(.socketIO, at: at, goroutine: goroutine)
        record.socket_inode = inode
        record.duration_ns = UInt64(took * 1_000_000)
        if !isTimed { record.flags = UInt8(PS_IO_DURATION_UNKNOWN) }
        record.result = result
        record.family = 2
        record.protocol = 6
        record.operation = operation.rawValue
        record.arrival_age_ms = waited
        record.queued_bytes = queued
        add(.socketIO(record))
    }

    public mutating func send(at: Double, inode: UInt64, goroutine: UInt64, bytes: Int32 = 100, took: Double = 0) {
        io(.send, at: at, inode: inode, goroutine: goroutine, result: bytes, took: took)
    }

    /// - Parameters:
    ///   - bytes: -11: would block.
    ///   - waited: ms that the latest data had been there.
    ///   - queued: Bytes that are left unread.
    ///   - isTimed: When the call began is known.
    public mutating func receive(
        at: Double, inode: UInt64, goroutine: UInt64, bytes: Int32 = 200, took: Double = 0, waited: UInt16 = 0,
        queued: UInt32 = 0, isTimed: Bool = true
    ) {
        io(
            .receive, at: at, inode: inode, goroutine: goroutine, result: bytes, took: took, waited: waited,
            queued: queued, isTimed: isTimed)
    }

    /// A request at `at` that is answered `took` milliseconds later.
    public mutating func query(at: Double, inode: UInt64, goroutine: UInt64, took: Double = 1) {
        send(at: at, inode: inode, goroutine: goroutine)
        receive(at: at + took, inode: inode, goroutine: goroutine)
    }

    public mutating func state(
        at: Double, inode: UInt64, from old: UInt16, to new: UInt16, key: UInt64 = 0, error: Int32 = 0
    ) {
        var record = ps_socket_state()
        record.header = Self.header(.socketState, at: at, thread: 0)
        record.socket_inode = inode
        record.socket_key = key
        record.remote_address = Self.bytes(Self.database)
        record.remote_port = 5432
        record.family = 2
        record.protocol = 6
        record.old_state = old
        record.new_state = new
        record.socket_error = error
        add(.socketState(record))
    }

    public mutating func socketClose(
        at: Double, inode: UInt64, goroutine: UInt64 = 0, unread: UInt32 = 0, state: UInt16 = 0
    ) {
        var record = ps_socket_close()
        record.state = state
        record.header = Self.header(.socketClose, at: at, goroutine: goroutine)
        record.socket_inode = inode
        record.unread_bytes = unread
        record.family = 2
        record.protocol = 6
        add(.socketClose(record))
    }

    /// accept(2); on failure no socket.
    public mutating func accept(at: Double, inode: UInt64, result: Int32, listener: Int32 = 3) {
        var record = ps_socket_accept()
        record.header = Self.header(.socketAccept, at: at)
        record.result = result
        record.listener_descriptor = listener
        if result >= 0 {
            record.socket_inode = inode
            record.local_address = Self.bytes((10, 0, 0, 9))
            record.local_port = 8080
            record.remote_address = Self.bytes((10, 0, 0, 77))
            record.remote_port = UInt16(truncatingIfNeeded: 30_000 + inode)
            record.family = 2
            record.protocol = 6
        }
        add(.socketAccept(record))
    }

    public mutating func duplicate(at: Double, inode: UInt64, from old: Int32, to new: Int32) {
        var record = ps_descriptor_open()
        record.header = Self.header(.descriptorOpen, at: at)
        record.socket_inode = inode
        record.descriptor = new
        record.old_descriptor = old
        record.cause = ps_descriptor_cause.duplicate.rawValue
        add(.descriptorOpen(record))
    }

    public mutating func descriptorClose(at: Double, inode: UInt64, descriptor: Int32, goroutine: UInt64 = 0) {
        var record = ps_descriptor_close()
        record.header = Self.header(.descriptorClose, at: at, goroutine: goroutine)
        record.socket_inode = inode
        record.descriptor = descriptor
        add(.descriptorClose(record))
    }

    /// One socket of a census. Ages in milliseconds; `nil`: not known.
    public mutating func census(
        at: Double, index: UInt32, inode: UInt64, descriptor: Int32, state: UInt16 = 1, receiveAge: UInt32? = nil,
        sendAge: UInt32? = nil, unread: UInt32 = 0, isFromBefore: Bool = false,
        change: (inout ps_census_socket) -> Void = { _ in }
    ) {
        var record = ps_census_socket()
        record.header = Self.header(.censusSocket, at: at)
        record.socket_inode = inode
        record.local_address = Self.bytes((10, 0, 0, 9))
        record.local_port = 40000
        record.remote_address = Self.bytes(Self.database)
        record.remote_port = 5432
        record.family = 2
        record.protocol = 6
        record.type = 1
        record.state = state
        record.descriptor = descriptor
        record.census_index = index
        record.receive_queue_bytes = unread
        record.flags = isFromBefore ? PS_CENSUS_BEFORE_ATTACH : 0
        record.round_trip_us = 350
        record.last_receive_age_ms = receiveAge ?? .max
        record.last_send_age_ms = sendAge ?? .max
        change(&record)
        add(.censusSocket(record))
    }

    public mutating func censusEnd(at: Double, index: UInt32, started: Double, sockets: UInt32, limit: UInt32 = 1024) {
        var record = ps_census_end()
        record.header = Self.header(.censusEnd, at: at)
        record.started_ns = Self.instant(started).nanoseconds
        record.census_index = index
        record.socket_count = sockets
        record.descriptor_count = sockets + 5
        record.descriptor_limit = limit
        add(.censusEnd(record))
    }
}
