/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_SUM_RECORDS_H
#define POOLSCOPE_SUM_RECORDS_H
/* Sockets whose receives and sends are summed up instead of being recorded one by one. Part of trace_records.h. */
#include "record_header.h"

#define PS_ANSWER_BUCKETS 24

/*
 * What a socket's calls came to since they are summed up: with each census, and when it closes. The numbers only grow.
 * Calls that failed, took long, received the end of the stream or a part of a datagram are recorded as socket_io and are not
 * in the sums. From a BPF program at the close, else from the recorder.
 */
struct ps_socket_sum {
	struct ps_header header;
	__u64 socket_inode;
	__u64 since_ns;	       /* when the sums began: another value, another socket */
	__u64 last_receive_ns; /* the latest receive of data, and send, recorded ones too; 0: none */
	__u64 last_send_ns;
	__u64 receives; /* calls that received data */
	__u64 sends;
	__u64 received_bytes;
	__u64 sent_bytes;
	__u64 receive_would_blocks; /* calls that returned -EAGAIN */
	__u64 send_would_blocks;
	__u64 peeks;	  /* receives with MSG_PEEK */
	__u64 receive_ns; /* in the calls, where their durations are known */
	__u64 send_ns;
	/*
	 * From the latest send to the first receive after it: how many took less than 2 us, less than 4 us, and so on by
	 * doubling; the last bucket has all longer ones.
	 */
	__u32 answers[PS_ANSWER_BUCKETS];
};

enum __attribute__((enum_extensibility(open))) ps_detail : __u16 {
	ps_detail_full = 0,    /* a record for each call */
	ps_detail_chosen = 1,  /* sums for chosen sockets */
	ps_detail_summary = 2, /* sums for all sockets */
};

#define PS_DETAIL_FOR_CALLS 1u /* there were more calls than may be recorded one by one */
#define PS_DETAIL_FOR_COST 2u  /* recording them took more of the target's CPU time than it may */

/* From here on calls are summed up: of one socket, or of all. */
struct ps_detail_change {
	struct ps_header header;
	__u64 socket_inode;	   /* 0: all sockets, those to come too */
	__u64 calls_per_second;	   /* of the target, when it was decided; 0: asked for */
	__u64 limit_per_second;	   /* what was allowed */
	__u64 cost_ns;		   /* of the programs of receives and sends in the target, a second; 0: not known */
	__u64 target_cpu_ns;	   /* the target's CPU time a second, which the cost is part of */
	__u32 cost_limit_permille; /* of the target's CPU time: what was allowed */
	__u32 causes;		   /* PS_DETAIL_FOR_*; 0: asked for, or from before there were any */
};

_Static_assert(sizeof(struct ps_socket_sum) == 232, "ps_socket_sum");
_Static_assert(sizeof(struct ps_detail_change) == 80, "ps_detail_change");

#endif
