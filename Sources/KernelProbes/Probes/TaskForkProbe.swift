// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The processes that the target starts.
struct TaskForkProbe: KernelProbe {
    let name = "task_fork"
    let records: [RecordKind] = [.taskFork]

    var attachOptions: [AttachOption] {
        [AttachOption(.tracepoint, [ProgramChoice("raw_tp_sched_process_fork", on: "sched:sched_process_fork")])]
    }
}
