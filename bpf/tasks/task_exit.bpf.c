/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A thread of the target ends: task_exit. Tracepoint sched:sched_process_exit on every kernel. */
#include "emit.bpf.h"

/* TP_PROTO(struct task_struct *p, ...): p is the current task. */
SEC("raw_tracepoint/sched_process_exit") int raw_tp_sched_process_exit(struct bpf_raw_tracepoint_args *arguments)
{
	struct task_struct *task = (struct task_struct *)arguments->args[0];
	if (!is_target())
		return 0;
	struct ps_task_exit *record = RESERVE(task_exit, 0);
	if (!record)
		return 0;
	record->exit_code = READ(task, exit_code);
	struct signal_struct *group = READ_POINTER(task, signal);
	record->is_process = READ(group, live.counter) == 0; /* do_exit has counted this thread off */
	submit_record(record);
	return 0;
}
