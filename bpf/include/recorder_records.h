/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_RECORDER_RECORDS_H
#define POOLSCOPE_RECORDER_RECORDS_H
/* What the recorder adds from user space: censuses, audits, clocks, losses, stacks. Part of trace_records.h. */
#include "record_header.h"

/* What a TCP socket waits for (idiag_timer, net/ipv4/inet_diag.c). */
enum __attribute__((enum_extensibility(open))) ps_socket_timer : __u16 {
	ps_socket_timer_none = 0,
	ps_socket_timer_retransmit = 1,
	ps_socket_timer_keepalive = 2, /* or SYN-ACK, or the end of FIN_WAIT2 */
	ps_socket_timer_time_wait = 3,
	ps_socket_timer_zero_window = 4, /* the peer does not read */
};

#define PS_CENSUS_BEFORE_ATTACH 1u   /* the socket was there before the probes */
#define PS_CENSUS_DETAILS_UNKNOWN 2u /* sock_diag did not list it: state, queues and addresses are zero */

/* One descriptor of the target that refers to a socket, as the census found it. */
struct ps_census_socket {
	struct ps_header header;
	__u64 socket_inode;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__u16 type;
	__u16 state; /* TCP state; of a Unix socket: 1 connected, 7 not, 10 listening */
	__u32 flags; /* PS_CENSUS_* */
	__s32 descriptor;
	__u32 census_index;
	__u32 receive_queue_bytes;
	__u32 send_queue_bytes;
	__u32 round_trip_us;	   /* tcpi_rtt */
	__u32 retransmits;	   /* tcpi_total_retrans */
	__u32 last_receive_age_ms; /* tcpi_last_data_recv; PS_AGE_UNKNOWN: not known */
	__u32 last_send_age_ms;	   /* tcpi_last_data_sent; PS_AGE_UNKNOWN: not known */
	/* 0 in all that follow: also when sock_diag did not tell. */
	__u32 receive_buffer_bytes;    /* SO_RCVBUF as the kernel counts it: twice what was asked for */
	__u32 send_buffer_bytes;       /* SO_SNDBUF, likewise */
	__u32 receive_memory_bytes;    /* in the receive buffer, with the kernel's overhead (sk_rmem_alloc) */
	__u32 drops;		       /* what arrived and was dropped since the socket was opened (sk_drops) */
	__u32 round_trip_variation_us; /* tcpi_rttvar */
	__u32 retransmit_timeout_us;   /* tcpi_rto */
	__u32 timer_expires_ms;	       /* of the timer below: time left */
	__u16 timer;		       /* enum ps_socket_timer */
	__u16 timer_retries;	       /* expiries so far: retransmits, or probes without an answer */
	__u32 segments_sent;	       /* tcpi_segs_out: with acknowledgements, and with what was sent again */
	__u32 data_segments_sent;      /* tcpi_data_segs_out: of them, those with data */
};
#define PS_AGE_UNKNOWN 0xffffffffu

/* The census with this index is complete: sockets that it did not list do not exist. */
struct ps_census_end {
	struct ps_header header;
	__u64 started_ns;
	__u32 census_index;
	__u32 socket_count;	/* descriptors that refer to sockets */
	__u32 descriptor_count; /* all descriptors of the process */
	__u32 descriptor_limit; /* RLIMIT_NOFILE, soft; 0: not known */
};

enum __attribute__((enum_extensibility(open))) ps_holder : __u16 {
	ps_holder_unknown = 0,
	ps_holder_exists = 1,
	ps_holder_ended = 2,
};

/* The state of a lease's holder, read from outside at an audit. header.goroutine_id or thread_id names the holder. */
struct ps_holder_state {
	struct ps_header header;
	__u64 connection;
	__u64 goroutine_address;
	__u16 holder;		/* enum ps_holder */
	__u16 goroutine_status; /* runtime.g.atomicstatus without the scan bit (runtime/runtime2.go) */
	__u16 wait_reason;	/* runtime.g.waitreason, numbered as in the target's Go version; of status 4 only */
	__u16 reserved;
	__s32 stack_id; /* where the goroutine is: a ps_stack of return addresses; 0: not read, as when it runs */
	__u32 reserved1;
};

/* A pool's own limits and counters, read from the target's memory. -1: the pool has no such field. */
struct ps_pool_state {
	struct ps_header header;
	__u64 pool;
	__s64 open_connections;
	__s64 idle_connections;
	__s64 maximum_open; /* 0: no limit */
	__s64 maximum_idle;
	__s64 wait_count; /* since the program started */
	__s64 wait_duration_ns;
	__u32 adapter_id; /* index in the plan's adapters */
	__u32 reserved;
};

/* A lease's socket, found by the recorder after the acquire (ps_pool_acquire_end had none). */
struct ps_lease_join {
	struct ps_header header;
	__u64 connection;
	__u64 acquired_ns; /* timestamp of the acquire end that this belongs to */
	__u64 socket_inode;
	__s32 descriptor;
	__u32 reserved;
};

/* Two clocks read at one moment: header.timestamp_ns is the monotonic one. */
struct ps_clock_pair {
	struct ps_header header;
	__u64 wall_ns; /* CLOCK_REALTIME, since 1970 */
	__u64 boot_ns; /* CLOCK_BOOTTIME: differs from monotonic by time suspended */
};

enum __attribute__((enum_extensibility(open))) ps_loss_reason : __u16 {
	ps_loss_reason_ring_full = 1,	  /* the reader was too slow */
	ps_loss_reason_map_full = 2,	  /* a pairing map had no room: an entry without return */
	ps_loss_reason_stack_missing = 3, /* the record is there, its stack is not: no room for it, or unreadable */
	ps_loss_reason_return_missed =
		4,		      /* a return was not seen: kretprobe instances exhausted (nmissed), or skipped */
	ps_loss_reason_writer = 5,    /* the file could not take it */
	ps_loss_reason_malformed = 6, /* a record of unknown kind or size came from the ring */
	ps_loss_reason_program_skipped =
		7, /* the kernel did not run a program, for this or another process (recursion_misses) */
	ps_loss_reason_undelivered = 8, /* a program began it, and it did not come through the ring */
	ps_loss_reason_unreadable = 9,	/* the recorder could not read it in user space, as a census */
};

/* Records of one kind that are not in the trace, between window_start_ns and header.timestamp_ns. */
struct ps_loss {
	struct ps_header header;
	__u64 window_start_ns;
	__u64 count;
	__u16 lost_kind; /* enum ps_record_kind; 0: not known which */
	__u16 reason;	 /* enum ps_loss_reason */
	__u32 reserved;
	__u32 cpu;	    /* on which they were lost, if is_cpu_known */
	__u32 is_cpu_known; /* 1: `cpu` says where; 0: on any, or the trace is older than the field */
};

/* Stacks that the recorder reads itself have ids from here on; the kernel's are smaller. */
#define PS_FIRST_OWN_STACK_ID 0x1000000

/* A user stack, innermost first. */
struct ps_stack {
	struct ps_header header;
	__s32 stack_id;
	__u32 depth;
	__u64 addresses[PS_STACK_DEPTH];
};

_Static_assert(sizeof(struct ps_census_socket) == 160, "ps_census_socket");
_Static_assert(sizeof(struct ps_census_end) == 56, "ps_census_end");
_Static_assert(sizeof(struct ps_holder_state) == 64, "ps_holder_state");
_Static_assert(sizeof(struct ps_pool_state) == 96, "ps_pool_state");
_Static_assert(sizeof(struct ps_lease_join) == 64, "ps_lease_join");
_Static_assert(sizeof(struct ps_clock_pair) == 48, "ps_clock_pair");
_Static_assert(sizeof(struct ps_loss) == 64, "ps_loss");
_Static_assert(sizeof(struct ps_stack) == 424, "ps_stack");

#endif
