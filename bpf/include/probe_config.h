/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_PROBE_CONFIG_H
#define POOLSCOPE_PROBE_CONFIG_H
/* What the loader tells the BPF programs. Shared with Swift, like the records. */
#include <linux/types.h>

/* Read-only data of the programs, set before they are loaded. */
struct ps_config {
	__u32 target_process_id;      /* thread group id in the pid namespace below */
	__u32 pid_namespace_inode;    /* of the recorder; 0: the initial namespace */
	__u32 pid_namespace_level;    /* depth of that namespace */
	__u32 receive_flags_argument; /* index of `flags` among the arguments of tcp_recvmsg and udp_recvmsg: 3 or 4 */
	__u64 key_multiplier;	      /* odd, random per run: kernel addresses do not leave the kernel */
	/* Go: all zero when the target is not a Go program. */
	__u64 go_text_start; /* addresses in the running process */
	__u64 go_text_end;
	__s64 go_tls_offset; /* of g from the thread pointer; 0: not known */
	__u32 g_goid_offset;
	__u32 g_m_offset;
	__u32 m_curg_offset;
	__u32 has_typed_reads; /* 1: the kernel has bpf_rdonly_cast, and its BTF is the one that programs are loaded with */
	__u32 tick_ns;	       /* length of a jiffy; 0: not known */
	__u32 slow_ns;	       /* a call or an answer of a socket with sums that takes so long is recorded */
};

enum __attribute__((enum_extensibility(open))) ps_point_role : __u8 {
	ps_point_role_acquire_begin = 1,
	ps_point_role_acquire_end = 2,
	ps_point_role_release = 3,
	ps_point_role_connection_close = 4,
};

#define PS_REGISTER_NONE 0xff
#define PS_HOP_DEREFERENCES 4
#define PS_MAX_HOPS 5

enum __attribute__((enum_extensibility(open))) ps_hop_end : __u32 {
	ps_hop_end_none = 0,
	ps_hop_end_interface = 1,  /* a Go interface value {itab, data}: go on with the dynamic type's hop */
	ps_hop_end_descriptor = 2, /* a 32-bit descriptor number */
	ps_hop_end_any = 3,	   /* a Go value of type any {type, data}: as an interface, without the itab between */
};

/*
 * One step from an object to its descriptor: load a pointer at each of the offsets in turn, then find at
 * end_offset what `end` says. Map pointer_hops holds one for each dynamic type (key: address of its type descriptor).
 */
struct ps_pointer_hop {
	enum ps_hop_end end;
	__u32 dereference_count;
	__u32 dereference_offsets[PS_HOP_DEREFERENCES];
	__u32 end_offset;
	__u32 reserved;
};

#define PS_POINT_SKIP_STACK_GROWTH 1u /* on the `jbe` of a stack check: a hit with CF or ZF goes to morestack */
#define PS_POINT_MAY_BE_SHARED 4u  /* a connection with a word at shared_offset serves many at once: it is not leased */
#define PS_POINT_KEEPS_ARGUMENT 8u /* acquire_begin: the connection register is kept for the return of this call */
#define PS_POINT_KEPT_ARGUMENT 16u /* acquire_end: the object is what acquire_begin kept, not in a register */

#define PS_KEY_DEREFERENCES 2

/* One armed probe in the target. Map pool_points, key: the address in the running process. */
struct ps_pool_point {
	__u32 id; /* PlanPoint.id */
	enum ps_point_role role;
	__u8 pool_register; /* Go ABI0 index of integer registers: 0 RAX, 1 RBX, 2 RCX, 3 RDI, ... */
	__u8 connection_register;
	__u8 error_register;			/* the type word of the error interface */
	__u32 flags;				/* PS_POINT_* */
	__u32 key_dereference_count;		/* from the object to the connection; 0: the object is the connection */
	__u32 key_offsets[PS_KEY_DEREFERENCES]; /* of the pointer to load at each step */
	__u32 shared_offset;			/* in the connection, with PS_POINT_MAY_BE_SHARED */
	__u32 leased_set; /* not 0: a release is told of what an acquire with the same number has leased, of nothing else */
	struct ps_pointer_hop chain; /* from the connection object; end none: there is none */
};

/* In descending order, the end of a call is armed before its beginning. */
enum __attribute__((enum_extensibility(open))) ps_call_role : __u32 {
	ps_call_role_name_lookup_begin = 1,
	ps_call_role_name_lookup_end = 2,
	ps_call_role_handshake_begin = 3,
	ps_call_role_handshake_end = 4,
	ps_call_role_deadline = 5,
};

/* One armed probe in a function of Go's own library. Map call_points, key: the address in the running process. */
struct ps_call_point {
	enum ps_call_role role;
	__u32 flags;		     /* PS_POINT_SKIP_STACK_GROWTH */
	struct ps_pointer_hop chain; /* from the connection object; end none: there is none */
};

/* Per record kind and CPU. Map counters. */
struct ps_counters {
	__u64 attempted; /* records that a program set out to emit */
	__u64 ring_full;
	__u64 map_full;
	__u64 stack_missing;
	__u64 return_missed;
	__u64 done_by_fallback; /* runs that the kernel skipped, and a second program did */
	/* Of socket_io alone: of one call in PS_TIMED_CALLS what its programs took, at its entry and return together. */
	__u64 timed_calls;
	__u64 recorded_cost_ns; /* of timed calls that got a record */
	__u64 summed_cost_ns;	/* of those that are in sums */
};

#define PS_TIMED_CALLS 64

#define PS_COUNTED_KINDS 32

#endif
