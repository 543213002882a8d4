/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_SUM_BPF_H
#define POOLSCOPE_SOCKET_SUM_BPF_H
/*
 * Sums instead of records, for sockets that are too busy: the recorder chooses them, or asks for all. What failed, took
 * long or was cut is left to be recorded.
 */
#include "emit.bpf.h"

#define EAGAIN 11

/* enum ps_detail; the recorder changes it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} detail_level SEC(".maps");

/* By inode; the header of a value is not used. Without room for a socket its calls are recorded one by one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct ps_socket_sum);
} socket_sums SEC(".maps");

struct summed_call {
	u64 inode;
	u64 started_ns; /* 0: not known */
	u64 now_ns;
	s32 result;
	u32 level; /* enum ps_detail */
	u8 operation;
	u8 flags;
};

static __always_inline u32 current_detail(void)
{
	u32 zero = 0;
	u32 *level = bpf_map_lookup_elem(&detail_level, &zero);
	return level ? *level : ps_detail_full;
}

static __always_inline void add_to(u64 *sum, u64 value) { __sync_fetch_and_add(sum, value); }

static __always_inline u32 answer_bucket(u64 nanoseconds)
{
	u32 bucket = 0;
	for (nanoseconds >>= 11; nanoseconds && bucket < PS_ANSWER_BUCKETS - 1; nanoseconds >>= 1)
		bucket++;
	return bucket;
}

static __always_inline struct ps_socket_sum *socket_sum(u64 inode, u64 now, u32 level)
{
	struct ps_socket_sum *sum = bpf_map_lookup_elem(&socket_sums, &inode);
	if (sum || level != ps_detail_summary || !inode)
		return sum;
	struct ps_socket_sum none = { .socket_inode = inode, .since_ns = now };
	bpf_map_update_elem(&socket_sums, &inode, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&socket_sums, &inode);
}

/* 1: the call is in the sums, and needs no record. Apart from its callers, which are many. */
static __noinline int sum_up(struct summed_call *call)
{
	u64 now = call->now_ns;
	struct ps_socket_sum *sum = socket_sum(call->inode, now, call->level);
	int is_receive = call->operation == ps_io_operation_receive;
	if (!sum || (call->result <= 0 && call->result != -EAGAIN))
		return 0;
	u64 duration = call->started_ns ? now - call->started_ns : 0, answer = 0;

	if (call->result < 0) {
		add_to(is_receive ? &sum->receive_would_blocks : &sum->send_would_blocks, 1);
		return 1;
	}
	if (call->flags & PS_IO_PEEK) {
		add_to(&sum->peeks, 1);
		return 1;
	}
	if (is_receive) {
		if (sum->last_send_ns > sum->last_receive_ns)
			answer = now - sum->last_send_ns;
		sum->last_receive_ns = now;
	} else {
		sum->last_send_ns = now;
	}
	if (duration >= config.slow_ns || answer >= config.slow_ns || call->flags & PS_IO_TRUNCATED)
		return 0;
	if (is_receive) {
		add_to(&sum->receives, 1);
		add_to(&sum->received_bytes, call->result);
		if (duration)
			add_to(&sum->receive_ns, duration);
		if (answer)
			__sync_fetch_and_add(&sum->answers[answer_bucket(answer)], 1);
	} else {
		add_to(&sum->sends, 1);
		add_to(&sum->sent_bytes, call->result);
		if (duration)
			add_to(&sum->send_ns, duration);
	}
	return 1;
}

/* The socket closes: its sums are told, and end. */
static __always_inline void end_sum(u64 inode)
{
	struct ps_socket_sum *sum = current_detail() ? bpf_map_lookup_elem(&socket_sums, &inode) : NULL;
	if (!sum)
		return;
	struct ps_socket_sum *record = RESERVE(socket_sum, 0);
	if (!record)
		return; /* the recorder finds it in the map, and that its socket is gone */
	__builtin_memcpy(&record->socket_inode, &sum->socket_inode,
			 sizeof(*sum) - __builtin_offsetof(struct ps_socket_sum, socket_inode));
	submit_record(record);
	bpf_map_delete_elem(&socket_sums, &inode);
}

/* A socket is born: what stands under its inode is an older one's. */
static __always_inline void forget_sum(u64 inode)
{
	if (current_detail())
		bpf_map_delete_elem(&socket_sums, &inode);
}

#endif
