// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords
public import TraceModel

/// Acquire, release, and what the recorder sees of pools and holders.
extension TraceScript {
    /// The application's call sites: stack ids 1 and up.
    public mutating func site(_ id: Int32, _ function: String, _ file: String, _ line: Int) {
        var record = ps_stack()
        record.header = Self.header(.stack, at: 0)
        record.stack_id = id
        record.depth = 3
        let base = 0x500000 + UInt64(id) * 0x1000
        withUnsafeMutableBytes(of: &record.addresses) { bytes in
            let addresses = bytes.bindMemory(to: UInt64.self)
            addresses[0] = 0x400000
            addresses[1] = base
            addresses[2] = base + 1
        }
        add(.stack(record))
        if symbols.isEmpty {
            symbols.append(
                StackSymbol(
                    address: 0x400000,
                    frames: [StackFrame(function: "database/sql.(*DB).conn", file: "/usr/lib/go/sql.go", line: 1347)]))
        }
        symbols.append(
            StackSymbol(
                address: base,
                frames: [StackFrame(function: "database/sql.(*DB).query", file: "/usr/lib/go/sql.go", line: 1749)]))
        symbols.append(
            StackSymbol(
                address: base + 1, frames: [StackFrame(function: function, file: "/src/orders/" + file, line: line)]))
    }

    public mutating func begin(
        at: Double, goroutine: UInt64, site: Int32 = 1, pool: UInt64 = 0xd0, adapter: UInt32 = 0, caller: UInt64 = 0,
        address: UInt64 = 0
    ) {
        var record = ps_pool_acquire_begin()
        record.header = Self.header(.poolAcquireBegin, at: at, goroutine: goroutine)
        record.pool = pool
        record.stack_id = site
        record.caller_address = caller
        record.goroutine_address = address
        record.point_id = Self.point(1, adapter: adapter)
        add(.poolAcquireBegin(record))
    }

    /// - Parameters:
    ///   - connection: 0: nothing was leased.
    ///   - error: of an acquire that leased nothing; 0: it had none.
    ///   - value: its second word.
    public mutating func end(
        at: Double, goroutine: UInt64, connection: UInt64, inode: UInt64 = 0, descriptor: Int32 = -1,
        adapter: UInt32 = 0, error: UInt64 = 0x77, value: UInt64 = 0, state: UInt16 = 0
    ) {
        var record = ps_pool_acquire_end()
        record.header = Self.header(.poolAcquireEnd, at: at, goroutine: goroutine)
        record.connection = connection
        record.error_type = connection == 0 ? error : 0
        record.error_value = connection == 0 ? value : 0
        record.socket_inode = inode
        record.descriptor = descriptor
        record.socket_state = state
        record.point_id = Self.point(2, adapter: adapter)
        add(.poolAcquireEnd(record))
    }

    /// Begin and end of an acquire in one go.
    ///
    /// - Parameter state: of its socket, as the kernel side read it; 0: not known.
    public mutating func acquire(
        at: Double, goroutine: UInt64, connection: UInt64, inode: UInt64 = 0, descriptor: Int32 = -1, site: Int32 = 1,
        pool: UInt64 = 0xd0, adapter: UInt32 = 0, waited: Double = 0.01, state: UInt16 = 1
    ) {
        begin(at: at - waited, goroutine: goroutine, site: site, pool: pool, adapter: adapter)
        end(
            at: at, goroutine: goroutine, connection: connection, inode: inode, descriptor: descriptor,
            adapter: adapter, state: state)
    }

    public mutating func release(
        at: Double, goroutine: UInt64, connection: UInt64, pool: UInt64 = 0xd0, adapter: UInt32 = 0, error: UInt64 = 0
    ) {
        var record = ps_pool_release()
        record.header = Self.header(.poolRelease, at: at, goroutine: goroutine)
        record.pool = pool
        record.connection = connection
        record.error_type = error
        record.point_id = Self.point(3, adapter: adapter)
        add(.poolRelease(record))
    }

    public mutating func connectionClose(
        at: Double, connection: UInt64, goroutine: UInt64 = 0, adapter: UInt32 = 0
    ) {
        var record = ps_pool_connection_close()
        record.header = Self.header(.poolConnectionClose, at: at, goroutine: goroutine)
        record.connection = connection
        record.point_id = Self.point(4, adapter: adapter)
        add(.poolConnectionClose(record))
    }

    /// The name of the type of an error, as records have it in `error_type`.
    public mutating func errorType(_ address: UInt64, _ name: String) {
        symbols.append(StackSymbol(address: address, frames: [], typeName: name))
    }

    public mutating func poolState(
        at: Double, open: Int64, idle: Int64, maximum: Int64, waits: Int64 = 7, pool: UInt64 = 0xd0,
        adapter: UInt32 = 0
    ) {
        var record = ps_pool_state()
        record.header = Self.header(.poolState, at: at)
        record.pool = pool
        record.open_connections = open
        record.idle_connections = idle
        record.maximum_open = maximum
        record.maximum_idle = 2
        record.wait_count = waits
        record.wait_duration_ns = -1
        record.adapter_id = adapter
        add(.poolState(record))
    }

    /// A stack of one call that the recorder read.
    public mutating func ownStack(at: Double, _ id: Int32) {
        var record = ps_stack()
        record.header = Self.header(.stack, at: at)
        record.stack_id = id
        record.depth = 1
        record.addresses.0 = 0x700000 + UInt64(id)
        add(.stack(record))
    }

    /// - Parameter stack: of `place`; 0: it was not read.
    public mutating func holder(
        at: Double, goroutine: UInt64, connection: UInt64, _ state: ps_holder, status: UInt16 = 4,
        waitReason: UInt16 = 0, stack: Int32 = 0
    ) {
        var record = ps_holder_state()
        record.header = Self.header(.holderState, at: at, goroutine: goroutine)
        record.connection = connection
        record.holder = state.rawValue
        record.goroutine_status = state == .ended ? 6 : status
        record.wait_reason = waitReason
        record.stack_id = stack
        add(.holderState(record))
    }

    /// Where a holder is, as the recorder read it: `gopark` in a function of the application. Returns the stack's id.
    @discardableResult
    public mutating func place(at: Double, _ number: Int32, _ function: String, _ file: String, _ line: Int) -> Int32 {
        let id = Int32(PS_FIRST_OWN_STACK_ID) + number
        var record = ps_stack()
        record.header = Self.header(.stack, at: at)
        record.stack_id = id
        record.depth = 2
        let base = 0x700000 + UInt64(number) * 0x1000
        withUnsafeMutableBytes(of: &record.addresses) { bytes in
            let addresses = bytes.bindMemory(to: UInt64.self)
            addresses[0] = base
            addresses[1] = base + 1
        }
        add(.stack(record))
        symbols += [
            StackSymbol(
                address: base, frames: [StackFrame(function: "runtime.gopark", file: "/usr/lib/go/proc.go", line: 424)]),
            StackSymbol(
                address: base + 1,
                frames: [StackFrame(function: function, file: "/src/orders/" + file, line: line)]),
        ]
        return id
    }

    public mutating func leaseJoin(at: Double, connection: UInt64, acquiredAt: Double, inode: UInt64, descriptor: Int32)
    {
        var record = ps_lease_join()
        record.header = Self.header(.leaseJoin, at: at)
        record.connection = connection
        record.acquired_ns = Self.instant(acquiredAt).nanoseconds
        record.socket_inode = inode
        record.descriptor = descriptor
        add(.leaseJoin(record))
    }

    public mutating func loss(
        from: Double, to: Double, kind: RecordKind?, count: UInt64, reason: ps_loss_reason = .ring_full,
        cpu: UInt32? = nil
    ) {
        var record = ps_loss()
        record.header = Self.header(.loss, at: to)
        record.window_start_ns = Self.instant(from).nanoseconds
        record.count = count
        record.lost_kind = kind?.rawValue ?? 0
        record.reason = reason.rawValue
        record.cpu = cpu ?? 0
        record.is_cpu_known = cpu == nil ? 0 : 1
        add(.loss(record))
    }

    /// - Parameter step: By how many seconds the wall clock was set before it.
    public mutating func clockPair(at: Double, step: Int64 = 0) {
        var record = ps_clock_pair()
        record.header = Self.header(.clockPair, at: at)
        // 2025-03-01T12:00:00Z
        record.wall_ns = 1_740_830_400_000_000_000 + UInt64(at * 1_000_000) &+ UInt64(bitPattern: step &* 1_000_000_000)
        add(.clockPair(record))
    }

    public mutating func taskExit(at: Double, thread: UInt32, isProcess: Bool = false) {
        var record = ps_task_exit()
        record.header = Self.header(.taskExit, at: at, thread: thread)
        record.is_process = isProcess ? 1 : 0
        add(.taskExit(record))
    }
}
