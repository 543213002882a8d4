/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_IO_BPF_H
#define POOLSCOPE_SOCKET_IO_BPF_H
/* The record of a receive or send: the one that a busy target makes hundreds of thousands of a second. */
#include "traffic/call_cost.bpf.h"
#include "traffic/dns.bpf.h"
#include "traffic/io_socket.bpf.h"
#include "traffic/socket_sum.bpf.h"

/* At least so long ago: the tick in which the data came may have been nearly over. */
static __always_inline u16 milliseconds_since(u32 ticks)
{
	u32 passed = (u32)bpf_jiffies64() - ticks;
	if (passed < 2)
		return 0;
	u64 age = (u64)(passed - 1) * config.tick_ns / 1000000;
	return age < 65535 ? age : 65535;
}

/* At the return of a receive. Not for TCP: its receives are many, and a stream is never cut. */
static __always_inline int is_truncated(u64 message)
{
	struct msghdr *header = (void *)message;
	u32 flags = READ(header, msg_flags);
	return flags & MSG_TRUNC;
}

/* A receive or send that returned. */
struct io_call {
	struct sock *sk;
	u64 started_ns; /* 0: not known */
	u64 now_ns;
	u64 message; /* struct msghdr of a receive; 0: not known */
	s32 result;
	u8 operation;
	u8 flags;
};

static __always_inline void record_io(struct io_socket *io, struct io_call *call)
{
	struct ps_socket_io *record = RESERVE_AT(socket_io, calling_goroutine_id(), call->now_ns);
	if (!record)
		return;
	record->socket_inode = io->inode;
	record->duration_ns = call->started_ns ? call->now_ns - call->started_ns : 0;
	record->result = call->result;
	record->queued_bytes = io->queued_bytes;
	record->family = io->family;
	record->operation = call->operation;
	record->flags = call->flags;
	record->protocol = io->protocol;
	if (io->arrived_ticks && call->result > 0)
		record->arrival_age_ms = milliseconds_since(io->arrived_ticks);
	submit_record(record);
}

/* Returns whether the call is in sums. */
static __always_inline int emit_io(struct io_call *call)
{
	struct io_socket io = {};
	if (!read_io_socket(call->sk, call->operation, &io))
		return 0;
	if (call->message && io.protocol != IPPROTO_TCP && call->result >= 0 && is_truncated(call->message))
		call->flags |= PS_IO_TRUNCATED;
	struct summed_call summed = {
		.inode = io.inode,
		.started_ns = call->started_ns,
		.now_ns = call->now_ns,
		.result = call->result,
		.level = current_detail(),
		.operation = call->operation,
		.flags = call->flags,
	};
	int is_summed = summed.level && sum_up(&summed);
	int may_be_told = io.remote_port == DNS_PORT || (!io.remote_port && io.protocol == IPPROTO_UDP && !is_summed);
	if (may_be_told && !(call->flags & PS_IO_PEEK)) {
		struct message_call told = {
			.sk = (u64)call->sk,
			.inode = io.inode,
			.kernel_message = call->message,
			.result = call->result,
			.operation = call->operation,
		};
		tell_message(&told);
		call->now_ns = bpf_ktime_get_ns(); /* what was told stands before it */
	}
	if (!is_summed)
		record_io(&io, call);
	return is_summed;
}

/* Keeps what is known at the entry of a call for its return, by thread. The entry's first member is its clock. */
static __always_inline int keep_entry(void *entries, u64 thread, void *entry, u64 now_ns)
{
	if (bpf_map_lookup_elem(entries, &thread))
		count_return_missed(ps_record_kind_socket_io);
	if (bpf_map_update_elem(entries, &thread, entry, BPF_ANY))
		count_map_full(ps_record_kind_socket_io);
	entry_ends(entries, thread, now_ns);
	return 0;
}

static __always_inline int return_with_entry(struct io_call *call, void *entries, u64 thread)
{
	u64 began_ns = call->now_ns, entry_cost_ns = 0;
	int is_summed = emit_io(call);
	int is_sample = is_timed(call->started_ns);
	if (is_sample)
		entry_cost_ns = entry_cost(entries, thread);
	bpf_map_delete_elem(entries, &thread);
	if (is_sample)
		return_ends(began_ns, entry_cost_ns, is_summed);
	return 0;
}

/* Of a tracepoint at the return. */
static __always_inline int return_alone(struct io_call *call)
{
	u64 began_ns = call->now_ns;
	int is_summed = emit_io(call);
	if (is_timed(began_ns))
		return_ends(began_ns, 0, is_summed);
	return 0;
}

#endif
