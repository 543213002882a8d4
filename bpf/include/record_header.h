/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_RECORD_HEADER_H
#define POOLSCOPE_RECORD_HEADER_H
/* The kinds of records, and what every record starts with. Part of trace_records.h. */
#include <linux/types.h>

/* Raised when a record changes incompatibly: a field removed, or its meaning changed. */
#define PS_RECORDS_VERSION 1

#define PS_STACK_DEPTH 48
#define PS_UNIX_PATH_SIZE 112
#define PS_ADDRESS_SIZE 16

enum __attribute__((enum_extensibility(open))) ps_record_kind : __u16 {
	/* From BPF programs. */
	ps_record_kind_socket_open = 1,
	ps_record_kind_socket_connect = 2,
	ps_record_kind_socket_accept = 3,
	ps_record_kind_socket_state = 4,
	ps_record_kind_socket_io = 5,
	ps_record_kind_socket_close = 6,
	ps_record_kind_descriptor_open = 7,
	ps_record_kind_descriptor_close = 8,
	ps_record_kind_unix_address = 9,
	ps_record_kind_task_exit = 10,
	ps_record_kind_socket_retransmit = 11,
	ps_record_kind_socket_reset = 12,
	ps_record_kind_datagram_drop = 13,
	ps_record_kind_socket_listen = 14,
	ps_record_kind_dns_message = 15,
	ps_record_kind_pool_acquire_begin = 16,
	ps_record_kind_pool_acquire_end = 17,
	ps_record_kind_pool_release = 18,
	ps_record_kind_pool_connection_close = 19,
	ps_record_kind_name_lookup = 20,
	ps_record_kind_tls_handshake = 21,
	ps_record_kind_deadline = 22,
	ps_record_kind_socket_option = 23,
	ps_record_kind_socket_sum = 24,
	ps_record_kind_datagram_peer = 25,
	ps_record_kind_task_fork = 26,
	ps_record_kind_task_exec = 27,
	ps_record_kind_socket_bind = 28,
	ps_record_kind_socket_shutdown = 29,
	/* From the recorder in user space. */
	ps_record_kind_census_socket = 32,
	ps_record_kind_census_end = 33,
	ps_record_kind_holder_state = 34,
	ps_record_kind_pool_state = 35,
	ps_record_kind_lease_join = 36,
	ps_record_kind_clock_pair = 37,
	ps_record_kind_loss = 38,
	ps_record_kind_stack = 39,
	ps_record_kind_detail_change = 40,
};

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
