/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_IO_BPF_H
#define POOLSCOPE_SOCKET_IO_BPF_H
/* The record of a receive or send: the one that a busy target makes hundreds of thousands of a second. */
#include "dns.bpf.h"
#include "socket_sum.bpf.h"

struct io_socket {
	u64 inode;
	u32 queued_bytes;
	u32 arrived_ticks;	/* TCP, receive: when the latest data came, in jiffies */
	u16 family;
	u16 protocol;
	u16 remote_port;	/* network order; 0: none, as of an unconnected UDP socket */
};

/*
 * Since 6.2 a pointer may be read as what it is said to be ("bpf: Add kfunc bpf_rdonly_cast()"): plain loads, where
 * each bpf_probe_read_kernel costs about 11 ns. Weak: older kernels never come to a call of it.
 */
extern void *bpf_rdonly_cast(void *object, u32 type) __ksym __weak;

#define TYPED(pointer, type) ((type *)bpf_rdonly_cast((void *)(pointer), bpf_core_type_id_kernel(type)))

static __always_inline int read_io_socket_typed(struct sock *pointer, u8 operation, struct io_socket *io)
{
	struct sock *sk = TYPED(pointer, struct sock);
	io->family = sk->__sk_common.skc_family;
	if (!is_recorded_family(io->family))
		return 0;
	struct socket *socket = sk->sk_socket;
	if (socket)
		io->inode = TYPED(socket, struct socket_alloc)->vfs_inode.i_ino;
	if (io->family == AF_UNIX)
		return 1;
	io->protocol = sk->sk_protocol;
	io->remote_port = sk->__sk_common.skc_dport;
	int is_receive = operation == ps_io_operation_receive;
	if (io->protocol == IPPROTO_TCP) {
		struct tcp_sock *tcp = TYPED(pointer, struct tcp_sock);
		io->queued_bytes = is_receive ? tcp->rcv_nxt - tcp->copied_seq : tcp->write_seq - tcp->snd_una;
		if (is_receive)
			io->arrived_ticks = TYPED(pointer, struct inet_connection_sock)->icsk_ack.lrcvtime;
	} else if (is_receive && io->protocol == IPPROTO_UDP) {
		io->queued_bytes = sk->sk_backlog.rmem_alloc.counter;
	}
	return 1;
}

static __always_inline int read_io_socket(struct sock *sk, u8 operation, struct io_socket *io)
{
	if (config.has_typed_reads)
		return read_io_socket_typed(sk, operation, io);
	io->family = socket_family(sk);
	if (!is_recorded_family(io->family))
		return 0;
	io->inode = socket_inode(sk);
	if (io->family == AF_UNIX)
		return 1;
	io->protocol = BPF_CORE_READ(sk, sk_protocol);
	io->remote_port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	int is_receive = operation == ps_io_operation_receive;
	if (io->protocol == IPPROTO_TCP) {
		struct inet_connection_sock *connection = (void *)sk;
		io->queued_bytes = is_receive ? unread_bytes(sk) : unacknowledged_bytes(sk);
		if (is_receive)
			io->arrived_ticks = BPF_CORE_READ(connection, icsk_ack.lrcvtime);
	} else if (is_receive && io->protocol == IPPROTO_UDP) {
		io->queued_bytes = BPF_CORE_READ(sk, sk_backlog.rmem_alloc.counter);
	}
	return 1;
}

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
	u32 flags = config.has_typed_reads ? TYPED(message, struct msghdr)->msg_flags : BPF_CORE_READ(header, msg_flags);
	return flags & MSG_TRUNC;
}

static __always_inline void record_io(struct io_socket *io, u8 operation, s32 result, u8 flags, u64 started_ns)
{
	struct ps_socket_io *record = RESERVE(socket_io, calling_goroutine_id());
	if (!record)
		return;
	record->socket_inode = io->inode;
	record->duration_ns = started_ns ? record->header.timestamp_ns - started_ns : 0;
	record->result = result;
	record->queued_bytes = io->queued_bytes;
	record->family = io->family;
	record->operation = operation;
	record->flags = flags;
	record->protocol = io->protocol;
	if (io->arrived_ticks && result > 0)
		record->arrival_age_ms = milliseconds_since(io->arrived_ticks);
	submit_record(record);
}

/* `message`: struct msghdr of a receive; 0: not known. */
static __always_inline int emit_io_of(struct sock *sk, u8 operation, s32 result, u8 flags, u64 started_ns, u64 message)
{
	struct io_socket io = {};
	if (!read_io_socket(sk, operation, &io))
		return 0;
	if (message && io.protocol != IPPROTO_TCP && result >= 0 && is_truncated(message))
		flags |= PS_IO_TRUNCATED;
	struct summed_call call = {
		.inode = io.inode, .started_ns = started_ns, .result = result, .level = current_detail(),
		.operation = operation, .flags = flags,
	};
	int is_summed = call.level && sum_up(&call);
	int may_be_told = io.remote_port == DNS_PORT || (!io.remote_port && io.protocol == IPPROTO_UDP && !is_summed);
	if (may_be_told && !(flags & PS_IO_PEEK)) {
		struct message_call told = {
			.sk = (u64)sk, .inode = io.inode, .kernel_message = message, .result = result, .operation = operation,
		};
		tell_message(&told);
	}
	if (!is_summed)
		record_io(&io, operation, result, flags, started_ns);
	return 0;
}

static __always_inline int emit_io(struct sock *sk, u8 operation, s32 result, u8 flags, u64 started_ns)
{
	return emit_io_of(sk, operation, result, flags, started_ns, 0);
}

#endif
