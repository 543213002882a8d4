// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The end of each thread, and of the process.
struct TaskExitProbe: KernelProbe {
    let name = "task_exit"
    let records: [RecordKind] = [.taskExit]

    var attachOptions: [AttachOption] {
        [AttachOption(.tracepoint, [ProgramChoice("raw_tp_sched_process_exit", on: "sched:sched_process_exit")])]
    }
}
