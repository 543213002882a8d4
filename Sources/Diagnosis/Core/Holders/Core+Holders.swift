// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Goroutines and threads that hold leases: where they are, and that they end.
extension Core {
    /// - Returns: the holder, if it has ended.
    mutating func noteHolder(_ record: ps_holder_state, _ ordinal: UInt64) -> HolderKey? {
        stacks.use(record.stack_id)
        let state: HolderCondition.State =
            switch ps_holder(rawValue: record.holder) {
            case .exists: .exists
            case .ended: .ended
            default: .unknown
            }
        let sighting = HolderSighting(
            state: state, goroutineStatus: record.header.goroutine_id == 0 ? nil : record.goroutine_status,
            mark: EventMark(record.header, ordinal: ordinal))
        let holder = HolderKey(record.header)
        for adapter in adapters {
            guard let lease = leases.slot(LeaseKey(adapterID: adapter, connection: record.connection)),
                leases[lease].holderKey == holder,
                record.header.timestamp_ns >= leases[lease].acquired.timestamp
            else { continue }
            leases[lease].sighting = sighting
            leases[lease].holderPlace.note(record)
        }
        return state == .ended ? holder : nil
    }

    /// A thread has ended, or the process.
    ///
    /// - Returns: the holder that has ended with it.
    mutating func noteExit(_ record: ps_task_exit, _ ordinal: UInt64) -> HolderKey? {
        let mark = EventMark(record.header, ordinal: ordinal)
        if record.is_process != 0 {
            processExit = mark
            return nil
        }
        // A goroutine outlives the thread that it ran on: only holders that are threads end with it.
        var header = record.header
        header.goroutine_id = 0
        guard let holder = HolderKey(header) else { return nil }
        var lease = leases.first(of: holder) ?? -1
        while lease >= 0 {
            leases[lease].sighting = HolderSighting(state: .ended, mark: mark)
            lease = leases[lease].nextOfHolder
        }
        return holder
    }
}
