/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_TASK_RECORDS_H
#define POOLSCOPE_TASK_RECORDS_H
/* Threads that end, processes that the target starts, and the program that it becomes. Part of trace_records.h. */
#include "record_header.h"

#define PS_PROGRAM_PATH_SIZE 120

/* A thread of the target ended; with is_process, the whole process. */
struct ps_task_exit {
	struct ps_header header;
	__s32 exit_code;  /* wait(2) status */
	__u32 is_process; /* 1: the thread group leader */
};

/* The target started a process, which has a copy of its descriptors. What that does is not in this trace. */
struct ps_task_fork {
	struct ps_header header;
	__u32 child_process_id; /* as the recorder's pid namespace sees it; 0: it is not in there */
	__u32 reserved;
};

/* The target became another program: nothing that was known of its memory holds any more. */
struct ps_task_exec {
	struct ps_header header;
	__u16 path_length; /* bytes; a longer path is cut */
	__u16 reserved[3];
	__u8 path[PS_PROGRAM_PATH_SIZE]; /* of the program, as it was given to execve(2) */
};

_Static_assert(sizeof(struct ps_task_exit) == 40, "ps_task_exit");
_Static_assert(sizeof(struct ps_task_fork) == 40, "ps_task_fork");
_Static_assert(sizeof(struct ps_task_exec) == 160, "ps_task_exec");

#endif
