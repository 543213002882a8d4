/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_TASK_FIELDS_H
#define POOLSCOPE_TASK_FIELDS_H
/* The fields of the records of task_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_task_exit_fields[] = {
	HEADER(ps_task_exit),
	SIGNED(ps_task_exit, exit_code),
	FIELD(ps_task_exit, is_process),
};

static const struct ps_field ps_task_fork_fields[] = {
	HEADER(ps_task_fork),
	FIELD(ps_task_fork, child_process_id),
	FIELD(ps_task_fork, reserved),
};

static const struct ps_field ps_task_exec_fields[] = {
	HEADER(ps_task_exec),
	FIELD(ps_task_exec, path_length),
	ARRAY(ps_task_exec, reserved),
	ARRAY(ps_task_exec, path),
};

#endif
