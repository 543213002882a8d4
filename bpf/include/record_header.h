/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_RECORD_HEADER_H
#define POOLSCOPE_RECORD_HEADER_H
/* What every record starts with. Part of trace_records.h. */
#include "record_kinds.h"

/* Raised when a record changes incompatibly: a field removed, or its meaning changed. */
#define PS_RECORDS_VERSION 1

#define PS_STACK_DEPTH 48
#define PS_UNIX_PATH_SIZE 112
#define PS_ADDRESS_SIZE 16

/* Every record starts with it. */
struct ps_header {
	__u64 timestamp_ns; /* when it happened; of a call: when it returned */
	__u64 goroutine_id; /* Go's goid of the caller; 0: not a goroutine, or not known */
	__u32 process_id;   /* thread group id as the recorder's pid namespace sees it; 0: not in a process's context */
	__u32 thread_id;    /* kernel thread id; 0: not in the target's context (softirq) */
	__u16 kind;	    /* enum ps_record_kind */
	__u16 cpu;
	__u32 reserved; /* zero */
};

_Static_assert(sizeof(struct ps_header) == 32, "ps_header");

#endif
