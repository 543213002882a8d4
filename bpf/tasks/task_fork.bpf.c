/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The target starts a process: task_fork. Tracepoint sched:sched_process_fork on every kernel; it fires for threads, too,
 * which are not told.
 */
#include "emit.bpf.h"

/* TP_PROTO(struct task_struct *parent, struct task_struct *child): the parent is the current task. */
SEC("raw_tracepoint/sched_process_fork") int raw_tp_sched_process_fork(struct bpf_raw_tracepoint_args *arguments)
{
	struct task_struct *child = (struct task_struct *)arguments->args[1];
	if (!is_target() || READ_POINTER(child, group_leader) != child)
		return 0;
	struct ps_task_fork *record = RESERVE(task_fork, calling_goroutine_id());
	if (!record)
		return 0;
	record->child_process_id = process_id_of(child);
	submit_record(record);
	return 0;
}
