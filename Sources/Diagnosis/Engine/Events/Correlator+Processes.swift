// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The process, its threads and goroutines: they are seen, and they end.
extension Correlator {
    /// The old program has ended, and all that it held: as far as its leases go, the process has.
    mutating func take(_ record: ps_task_exec, _ ordinal: UInt64) {
        if detectors.childProcesses.newProgram != nil { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        core.processExit = mark
        detectors.execed(record, mark)
    }

    mutating func take(_ record: ps_task_exit, _ ordinal: UInt64) {
        if let holder = core.noteExit(record, ordinal) { endWaits(of: holder) }
    }

    mutating func take(_ record: ps_holder_state, _ ordinal: UInt64) {
        if let holder = core.noteHolder(record, ordinal) { endWaits(of: holder) }
    }
}
