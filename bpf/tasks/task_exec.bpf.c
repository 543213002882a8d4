/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The target becomes another program: task_exec. Tracepoint sched:sched_process_exec on every kernel. */
#include "emit.bpf.h"

/* TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm): p is the current task. */
SEC("raw_tracepoint/sched_process_exec") int raw_tp_sched_process_exec(struct bpf_raw_tracepoint_args *arguments)
{
	struct linux_binprm *program = (struct linux_binprm *)arguments->args[2];
	if (!is_target())
		return 0;
	struct ps_task_exec *record = RESERVE(task_exec, 0);
	if (!record)
		return 0;
	long length = bpf_probe_read_kernel_str(record->path, sizeof(record->path), READ_POINTER(program, filename));
	if (length > 0)
		record->path_length = length - 1; /* without the zero at the end */
	submit_record(record);
	return 0;
}
