// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import PoolAdapters
import TargetInspection
import TraceModel

/// What only the target's memory knows: whether the holder of a lease still exists and where it is, and the pool's own
/// counters.
struct TargetAudit {
    private let process: TargetProcess
    private let goroutines: GoroutineAudit?
    private var goroutineStack: GoroutineStack?
    private var stacks = UserStackCollector()
    /// By adapter ID.
    private let counterReaders: [(any PoolCounterReader)?]

    /// Holders looked at in one audit, the oldest leases first.
    private static let maximumHolders = 10_000
    /// To read a pool's counters takes some 10 us; a pool that takes longer each time is read so often.
    private static let readingNanoseconds: UInt64 = 1_000_000
    private static let maximumReadings = 5
    /// Younger leases are left alone: most are over before the next audit.
    private static let minimumAge: UInt64 = 1_000_000_000

    init(target: InspectedTarget, counterReaders: [(any PoolCounterReader)?]) {
        process = target.process
        goroutines = target.runtime.map { GoroutineAudit(memory: target.process.memory, layout: $0) }
        self.counterReaders = counterReaders
        if let layout = target.runtime, let symbols = target.symbols {
            goroutineStack = GoroutineStack(
                memory: target.process.memory, layout: layout, symbols: symbols, bias: target.process.loadBias)
        }
    }

    mutating func take(_ ledger: LeaseLedger, now: UInt64, isFinal: Bool, into sink: (TraceRecord) -> Void) {
        var header = ps_header()
        header.timestamp_ns = now
        header.process_id = UInt32(bitPattern: process.processID)
        holders(ledger, header, isFinal: isFinal, into: sink)
        pools(ledger, header, into: sink)
    }

    private mutating func holders(
        _ ledger: LeaseLedger, _ header: ps_header, isFinal: Bool, into sink: (TraceRecord) -> Void
    ) {
        guard let goroutines else { return }
        let old = ledger.leases
            .filter { isFinal || header.timestamp_ns &- $0.value.acquiredNanoseconds >= Self.minimumAge }
            .sorted { $0.value.acquiredNanoseconds < $1.value.acquiredNanoseconds }
        for (connection, lease) in old.prefix(Self.maximumHolders) where lease.goroutineAddress != 0 {
            let state = goroutines.state(ofGoroutineAt: lease.goroutineAddress, id: lease.goroutineID)
            var record = ps_holder_state()
            record.header = header
            record.header.kind = RecordKind.holderState.rawValue
            record.header.goroutine_id = lease.goroutineID
            record.header.thread_id = lease.threadID
            record.connection = connection
            record.goroutine_address = lease.goroutineAddress
            record.goroutine_status = state.status
            record.wait_reason = state.waitReason
            record.holder =
                switch state.presence {
                case .exists: ps_holder.exists.rawValue
                case .ended: ps_holder.ended.rawValue
                case .unknown: ps_holder.unknown.rawValue
                }
            let addresses = goroutineStack?.addresses(
                ofGoroutineAt: lease.goroutineAddress, id: lease.goroutineID, in: state, limit: Int(PS_STACK_DEPTH))
            if let addresses { record.stack_id = stacks.id(of: addresses, header) { sink(.stack($0)) } }
            sink(.holderState(record))
        }
    }

    /// A pool's counters, and when they were as they are. They are held against the leases of that moment: where the
    /// recorder lost its processor while it read them, they are read again.
    private func counters(ofPoolAt pool: UInt64, _ adapterID: UInt32) -> (PoolCounters, UInt64)? {
        guard let reader = counterReaders[Int(adapterID)] else { return nil }
        var last: (PoolCounters, UInt64)?
        for _ in 0..<Self.maximumReadings {
            let began = MonotonicClock.now
            guard let counters = reader.counters(ofPoolAt: pool, in: process.memory) else { return last }
            last = (counters, began)
            if MonotonicClock.now &- began <= Self.readingNanoseconds { break }
        }
        return last
    }

    private func pools(_ ledger: LeaseLedger, _ header: ps_header, into sink: (TraceRecord) -> Void) {
        for (pool, adapterID) in ledger.pools.sorted(by: { $0.key < $1.key })
        where Int(adapterID) < counterReaders.count {
            guard let (counters, readAt) = counters(ofPoolAt: pool, adapterID) else { continue }
            var record = ps_pool_state()
            record.header = header
            record.header.timestamp_ns = readAt
            record.header.kind = RecordKind.poolState.rawValue
            record.pool = pool
            record.open_connections = counters.open
            record.idle_connections = counters.idle
            record.maximum_open = counters.maximumOpen
            record.maximum_idle = counters.maximumIdle
            record.wait_count = counters.waitCount
            record.wait_duration_ns = counters.waitNanoseconds
            record.adapter_id = adapterID
            sink(.poolState(record))
        }
    }
}
