/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each receive of the target on a TCP, UDP or Unix socket: socket_io with operation receive.
 *
 *   fentry + fexit     tcp_recvmsg udp_recvmsg udpv6_recvmsg unix_stream_recvmsg unix_dgram_recvmsg
 *                      tcp_splice_read unix_stream_splice_read: splice(2) and sendfile(2) from a stream, which go past
 *                      them. From a datagram socket they do not
 *   kprobe + kretprobe the same
 *   tracepoint         sock:sock_recv_length (6.3 on): the return only, so without a duration, and not of a splice
 */
#include "traffic/socket_io.bpf.h"

struct receive_entry {
	struct entry_clock clock;
	u64 sk;
	u64 flags;
	u64 message; /* struct msghdr */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64); /* thread: a receive does not nest */
	__type(value, struct receive_entry);
} receive_entries SEC(".maps");

static __always_inline int receive_entered(struct sock *sk, u32 flags, u64 message)
{
	if (!is_target())
		return 0;
	u64 thread = bpf_get_current_pid_tgid(), now_ns = bpf_ktime_get_ns();
	struct receive_entry entry = { .clock.started_ns = now_ns, .sk = (u64)sk, .flags = flags, .message = message };
	return keep_entry(&receive_entries, thread, &entry, now_ns);
}

static __always_inline int receive_returned(s32 result)
{
	u64 thread = bpf_get_current_pid_tgid();
	if (!is_target())
		return 0;
	u64 now_ns = bpf_ktime_get_ns();
	struct receive_entry *entry = bpf_map_lookup_elem(&receive_entries, &thread);
	if (!entry)
		return 0; /* entered before attach */
	struct io_call call = { .sk = (void *)entry->sk,
				.started_ns = entry->clock.started_ns,
				.now_ns = now_ns,
				.message = entry->message,
				.result = result,
				.operation = ps_io_operation_receive,
				.flags = entry->flags & MSG_PEEK ? PS_IO_PEEK : 0 };
	return return_with_entry(&call, &receive_entries, thread);
}

/*
 * int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, [int nonblock,] int flags, [int *addr_len]),
 * udp_recvmsg and udpv6_recvmsg alike: `nonblock` until 5.18, `addr_len` until 6.17. The return value of fexit stands
 * behind the last argument, so there is one program for each count; the loader takes the one that BTF asks for.
 */
#define RECEIVE_ON_SOCK(function)                                                                                       \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments)                                                  \
	{                                                                                                               \
		u64 flags;                                                                                              \
		/* barrier_var keeps two loads: one load at an offset by choice is "dereference of modified ctx ptr" */ \
		if (config.receive_flags_argument == 4) {                                                               \
			flags = arguments[4];                                                                           \
			barrier_var(flags);                                                                             \
		} else {                                                                                                \
			flags = arguments[3];                                                                           \
			barrier_var(flags);                                                                             \
		}                                                                                                       \
		return receive_entered((struct sock *)arguments[0], flags, arguments[1]);                               \
	}                                                                                                               \
	SEC("fexit/" #function) int fexit6_##function(u64 *arguments) { return receive_returned(arguments[6]); }        \
	SEC("fexit/" #function) int fexit5_##function(u64 *arguments) { return receive_returned(arguments[5]); }        \
	SEC("fexit/" #function) int fexit4_##function(u64 *arguments) { return receive_returned(arguments[4]); }        \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                       \
	{                                                                                                               \
		u32 fourth = PT_REGS_PARM4(registers), fifth = PT_REGS_PARM5(registers);                                \
		return receive_entered((struct sock *)PT_REGS_PARM1(registers),                                         \
				       config.receive_flags_argument == 4 ? fifth : fourth, PT_REGS_PARM2(registers));  \
	}                                                                                                               \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                 \
	{                                                                                                               \
		return receive_returned(PT_REGS_RC(registers));                                                         \
	}

RECEIVE_ON_SOCK(tcp_recvmsg)
RECEIVE_ON_SOCK(udp_recvmsg)
RECEIVE_ON_SOCK(udpv6_recvmsg)

/* int unix_stream_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags): the same since 4.1. */
#define RECEIVE_ON_SOCKET(function, kept)                                                                              \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments)                                                 \
	{                                                                                                              \
		return receive_entered(SOCK_OF(arguments[0]), arguments[3], kept(arguments[1]));                       \
	}                                                                                                              \
	SEC("fexit/" #function) int fexit4_##function(u64 *arguments) { return receive_returned(arguments[4]); }       \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                      \
	{                                                                                                              \
		return receive_entered(SOCK_OF(PT_REGS_PARM1(registers)), PT_REGS_PARM4(registers),                    \
				       kept(PT_REGS_PARM2(registers)));                                                \
	}                                                                                                              \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                \
	{                                                                                                              \
		return receive_returned(PT_REGS_RC(registers));                                                        \
	}

#define NOT_KEPT(message) 0
#define KEPT(message) message
RECEIVE_ON_SOCKET(unix_stream_recvmsg, NOT_KEPT)
RECEIVE_ON_SOCKET(unix_dgram_recvmsg, KEPT)

/*
 * ssize_t tcp_splice_read(struct socket *sock, loff_t *ppos, struct pipe_inode_info *pipe, size_t len, unsigned int flags),
 * and unix_stream_splice_read alike: the same since 4.2.
 */
#define RECEIVE_BY_SPLICE(function)                                                                                    \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments)                                                 \
	{                                                                                                              \
		return receive_entered(SOCK_OF(arguments[0]), 0, 0);                                                   \
	}                                                                                                              \
	SEC("fexit/" #function) int fexit5_##function(u64 *arguments) { return receive_returned(arguments[5]); }       \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                      \
	{                                                                                                              \
		return receive_entered(SOCK_OF(PT_REGS_PARM1(registers)), 0, 0);                                       \
	}                                                                                                              \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                \
	{                                                                                                              \
		return receive_returned(PT_REGS_RC(registers));                                                        \
	}

RECEIVE_BY_SPLICE(tcp_splice_read)
RECEIVE_BY_SPLICE(unix_stream_splice_read)

/* TP_PROTO(struct sock *sk, int ret, int flags) */
SEC("raw_tracepoint/sock_recv_length") int raw_tp_sock_recv_length(struct bpf_raw_tracepoint_args *arguments)
{
	if (!is_target())
		return 0;
	struct io_call call = {
		.sk = (void *)arguments->args[0],
		.now_ns = bpf_ktime_get_ns(),
		.result = arguments->args[1],
		.operation = ps_io_operation_receive,
		.flags = PS_IO_DURATION_UNKNOWN | (arguments->args[2] & MSG_PEEK ? PS_IO_PEEK : 0),
	};
	return return_alone(&call);
}
