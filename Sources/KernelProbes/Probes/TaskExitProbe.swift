// SPDX-License-Identifier: Apache-2.0

/// The end of each thread, and of the process.
struct TaskExitProbe: KernelProbe {
    let name = "task_exit"
    let records = ["task_exit"]

    var rungs: [Rung] {
        [Rung(.tracepoint, [ProgramChoice("raw_tp_sched_process_exit", on: "sched:sched_process_exit")])]
    }
}
