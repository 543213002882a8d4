// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// Processes that the target starts, and the program that it becomes.
extension TraceScript {
    public mutating func fork(at: Double, child: UInt32) {
        var record = ps_task_fork()
        record.header = Self.header(.taskFork, at: at)
        record.child_process_id = child
        add(.taskFork(record))
    }

    public mutating func exec(at: Double, _ path: String) {
        var record = ps_task_exec()
        record.header = Self.header(.taskExec, at: at)
        record.path_length = UInt16(path.utf8.count)
        withUnsafeMutableBytes(of: &record.path) { $0.copyBytes(from: path.utf8) }
        add(.taskExec(record))
    }
}
