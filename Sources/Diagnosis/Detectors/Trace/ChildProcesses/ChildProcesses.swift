// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Processes that the target starts, and the program that it becomes.
struct ChildProcesses: Sendable {
    private var ledger = ForkLedger()
    private(set) var newProgram: NewProgram?

    mutating func forked(_ record: ps_task_fork, _ ordinal: UInt64) {
        ledger.add(record.child_process_id, at: EventMark(record.header, ordinal: ordinal))
    }

    mutating func execed(_ record: ps_task_exec, _ mark: EventMark) {
        if newProgram != nil { return }
        let length = min(Int(record.path_length), Int(PS_PROGRAM_PATH_SIZE))
        let path = withUnsafeBytes(of: record.path) { String(decoding: $0.prefix(length), as: UTF8.self) }
        newProgram = NewProgram(path: path, event: mark.reference)
    }

    var result: StartedProcesses? { ledger.summary }
}
