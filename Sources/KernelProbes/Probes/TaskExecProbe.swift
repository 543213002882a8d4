// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The program that the target becomes.
struct TaskExecProbe: KernelProbe {
    let name = "task_exec"
    let records: [RecordKind] = [.taskExec]

    var attachOptions: [AttachOption] {
        [AttachOption(.tracepoint, [ProgramChoice("raw_tp_sched_process_exec", on: "sched:sched_process_exec")])]
    }
}
