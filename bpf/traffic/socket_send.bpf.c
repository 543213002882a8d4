/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each send of the target on a TCP, UDP or Unix socket: socket_io with operation send.
 *
 *   fentry + fexit     tcp_sendmsg udp_sendmsg udpv6_sendmsg unix_stream_sendmsg unix_dgram_sendmsg
 *                      tcp_sendpage unix_stream_sendpage: splice(2) and sendfile(2) to a stream until 6.4, page by
 *                      page. From 6.5 on they go through sendmsg ("splice: Use sendmsg(MSG_SPLICE_PAGES)")
 *   kprobe + kretprobe the same
 *   tracepoint         sock:sock_send_length (6.3 on): the return only, so without a duration
 */
#include "traffic/socket_io.bpf.h"

struct send_entry {
	struct entry_clock clock;
	u64 sk;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64); /* thread */
	__type(value, struct send_entry);
} send_entries SEC(".maps");

static __always_inline int send_entered(struct sock *sk)
{
	if (!is_target())
		return 0;
	u64 thread = bpf_get_current_pid_tgid(), now_ns = bpf_ktime_get_ns();
	struct send_entry entry = { .clock.started_ns = now_ns, .sk = (u64)sk };
	return keep_entry(&send_entries, thread, &entry, now_ns);
}

static __always_inline int send_returned(s32 result)
{
	u64 thread = bpf_get_current_pid_tgid();
	if (!is_target())
		return 0;
	u64 now_ns = bpf_ktime_get_ns();
	struct send_entry *entry = bpf_map_lookup_elem(&send_entries, &thread);
	if (!entry)
		return 0; /* entered before attach, or a nested send that is not ours */
	struct io_call call = {
		.sk = (void *)entry->sk,
		.started_ns = entry->clock.started_ns,
		.now_ns = now_ns,
		.result = result,
		.operation = ps_io_operation_send,
	};
	return return_with_entry(&call, &send_entries, thread);
}

/* int tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size), and alike; the same since 4.1. */
#define SEND_ON_SOCK(function, accepts)                                                                                \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments)                                                 \
	{                                                                                                              \
		struct sock *sk = (struct sock *)arguments[0];                                                         \
		return accepts(sk) ? send_entered(sk) : 0;                                                             \
	}                                                                                                              \
	SEC("fexit/" #function) int fexit3_##function(u64 *arguments)                                                  \
	{                                                                                                              \
		return accepts((struct sock *)arguments[0]) ? send_returned(arguments[3]) : 0;                         \
	}                                                                                                              \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                      \
	{                                                                                                              \
		struct sock *sk = (struct sock *)PT_REGS_PARM1(registers);                                             \
		return accepts(sk) ? send_entered(sk) : 0;                                                             \
	}                                                                                                              \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                \
	{                                                                                                              \
		return send_returned(PT_REGS_RC(registers));                                                           \
	}

#define ANY_SOCKET(sk) 1
SEND_ON_SOCK(tcp_sendmsg, ANY_SOCKET)
SEND_ON_SOCK(udpv6_sendmsg, ANY_SOCKET)
/*
 * udpv6_sendmsg calls udp_sendmsg for an IPv4-mapped peer: one send, counted at the outer call. A kretprobe cannot ask
 * for the socket: the inner return takes the entry, the outer finds none, and the send is still counted once.
 */
#define IS_IPV4(sk) (socket_family(sk) == AF_INET)
SEND_ON_SOCK(udp_sendmsg, IS_IPV4)

/* int unix_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len): the same since 4.1. */
#define SEND_ON_SOCKET(function)                                                                                       \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments)                                                 \
	{                                                                                                              \
		struct socket *socket = (struct socket *)arguments[0];                                                 \
		return send_entered(READ_POINTER(socket, sk));                                                         \
	}                                                                                                              \
	SEC("fexit/" #function) int fexit3_##function(u64 *arguments) { return send_returned(arguments[3]); }          \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                      \
	{                                                                                                              \
		struct socket *socket = (struct socket *)PT_REGS_PARM1(registers);                                     \
		return send_entered(READ_POINTER(socket, sk));                                                         \
	}                                                                                                              \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                \
	{                                                                                                              \
		return send_returned(PT_REGS_RC(registers));                                                           \
	}

SEND_ON_SOCKET(unix_stream_sendmsg)
SEND_ON_SOCKET(unix_dgram_sendmsg)

/*
 * int tcp_sendpage(struct sock *sk, struct page *page, int offset, size_t size, int flags), and unix_stream_sendpage alike
 * with a struct socket: the same from 4.1 to 6.4. Neither calls a sendmsg of those above. (udp_sendpage does.)
 */
#define SEND_PAGE(function, SOCK)                                                                                      \
	SEC("fentry/" #function) int fentry_##function(u64 *arguments) { return send_entered(SOCK(arguments[0])); }    \
	SEC("fexit/" #function) int fexit5_##function(u64 *arguments) { return send_returned(arguments[5]); }          \
	SEC("kprobe/" #function) int kprobe_##function(struct pt_regs *registers)                                      \
	{                                                                                                              \
		return send_entered(SOCK(PT_REGS_PARM1(registers)));                                                   \
	}                                                                                                              \
	SEC("kretprobe/" #function) int kretprobe_##function(struct pt_regs *registers)                                \
	{                                                                                                              \
		return send_returned(PT_REGS_RC(registers));                                                           \
	}

#define AS_SOCK(argument) ((struct sock *)argument)
SEND_PAGE(tcp_sendpage, AS_SOCK)
SEND_PAGE(unix_stream_sendpage, SOCK_OF)

/* TP_PROTO(struct sock *sk, int ret, int flags) */
SEC("raw_tracepoint/sock_send_length") int raw_tp_sock_send_length(struct bpf_raw_tracepoint_args *arguments)
{
	if (!is_target())
		return 0;
	struct io_call call = {
		.sk = (void *)arguments->args[0],
		.now_ns = bpf_ktime_get_ns(),
		.result = arguments->args[1],
		.operation = ps_io_operation_send,
		.flags = PS_IO_DURATION_UNKNOWN,
	};
	return return_alone(&call);
}
