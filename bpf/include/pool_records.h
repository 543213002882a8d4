/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_POOL_RECORDS_H
#define POOLSCOPE_POOL_RECORDS_H
/* The leases of a pool, from probes in the target. Part of trace_records.h. */
#include "record_header.h"

/* A goroutine or thread asks a pool for a connection. No matching end: it still waits. */
struct ps_pool_acquire_begin {
	struct ps_header header;
	__u64 pool;		 /* address of the pool object */
	__u64 goroutine_address; /* address of Go's g: read at audit to tell whether the holder still exists */
	__u64 caller_address;	 /* return address of the acquiring call; complements stacks without it */
	__s32 stack_id;
	__u32 point_id; /* PlanPoint.id of the probe that fired */
};

enum __attribute__((enum_extensibility(open))) ps_walk_status : __u16 {
	ps_walk_status_none = 0,	 /* not tried */
	ps_walk_status_socket = 1,	 /* ended at a descriptor that is a socket */
	ps_walk_status_unknown_type = 2, /* met a dynamic type without hops: unknown_type names it */
	ps_walk_status_unreadable = 3,	 /* a pointer on the way was nil or unreadable */
	ps_walk_status_not_socket = 4,	 /* the descriptor is not a socket */
};

/* The acquire returned. connection 0: without a lease (error_type says so). */
struct ps_pool_acquire_end {
	struct ps_header header;
	__u64 connection;   /* address of the connection object: the key of the lease */
	__u64 error_type;   /* first word of the returned error: its interface table (abi.ITab); 0: no error */
	__u64 error_value;  /* second word of it: the value, or its address */
	__u64 socket_inode; /* found by following pointers from the connection object; 0: not found */
	__u64 unknown_type; /* run-time type address at which the pointer chain ended */
	__s32 descriptor;   /* descriptor at the end of the chain; -1: none */
	__u32 point_id;
	__u16 walk_status;  /* enum ps_walk_status */
	__u16 socket_state; /* TCP state of the socket at this moment; 0: not known */
	__u32 reserved;
};

/* The connection goes back to its pool. */
struct ps_pool_release {
	struct ps_header header;
	__u64 pool; /* 0: the function does not carry it */
	__u64 connection;
	__u64 error_type; /* likewise, of the error that the lease ended with; 0: none */
	__u32 point_id;
	__u32 reserved;
};

/* The pool closes a connection for good. Ends its lease, if there is one. */
struct ps_pool_connection_close {
	struct ps_header header;
	__u64 pool;
	__u64 connection;
	__u32 point_id;
	__u32 reserved;
};

_Static_assert(sizeof(struct ps_pool_acquire_begin) == 64, "ps_pool_acquire_begin");
_Static_assert(sizeof(struct ps_pool_acquire_end) == 88, "ps_pool_acquire_end");
_Static_assert(sizeof(struct ps_pool_release) == 64, "ps_pool_release");
_Static_assert(sizeof(struct ps_pool_connection_close) == 56, "ps_pool_connection_close");

#endif
