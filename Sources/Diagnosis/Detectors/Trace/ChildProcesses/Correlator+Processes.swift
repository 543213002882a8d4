// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Processes that the target starts, and the program that it becomes.
extension Correlator {
    mutating func take(_ record: ps_task_fork, _ ordinal: UInt64) {
        detectors.forks.add(record.child_process_id, at: EventMark(record.header, ordinal: ordinal))
    }

    /// The old program has ended, and all that it held: as far as its leases go, the process has.
    mutating func take(_ record: ps_task_exec, _ ordinal: UInt64) {
        if detectors.newProgram != nil { return }
        let mark = EventMark(record.header, ordinal: ordinal)
        let length = min(Int(record.path_length), Int(PS_PROGRAM_PATH_SIZE))
        let path = withUnsafeBytes(of: record.path) { String(decoding: $0.prefix(length), as: UTF8.self) }
        detectors.newProgram = NewProgram(path: path, event: mark.reference)
        core.processExit = mark
    }
}
