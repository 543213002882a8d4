/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each RST that a socket of the target sends or receives: socket_reset. Tracepoints tcp:tcp_send_reset and
 * tcp:tcp_receive_reset on every kernel. What the kernel answers for a port that nobody listens on, and for a connection
 * in TIME_WAIT, has no socket.
 */
#include "sockets/socket_owner.bpf.h"

static __always_inline int reset(struct sock *sk, u16 direction, u16 is_answer)
{
	u64 inode = socket_owner(sk);
	if (!inode)
		return 0;
	struct ps_socket_reset *record = RESERVE_ANYWHERE(socket_reset);
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->socket_key = socket_key(sk);
	record->family = socket_family(sk);
	read_local(sk, record->family, record->local_address, &record->local_port);
	/* A close that resets has given its port back by now. */
	if (!record->local_port)
		record->local_port = __builtin_bswap16(READ((struct inet_sock *)sk, inet_sport));
	read_remote(sk, record->family, record->remote_address, &record->remote_port);
	record->state = READ(sk, __sk_common.skc_state);
	record->direction = direction;
	record->is_answer = is_answer;
	record->socket_error = READ(sk, sk_err);
	submit_record(record);
	return 0;
}

/* TP_PROTO(const struct sock *sk, const struct sk_buff *skb, [const enum sk_rst_reason reason]): skb is the segment answered */
SEC("raw_tracepoint/tcp_send_reset") int raw_tp_tcp_send_reset(struct bpf_raw_tracepoint_args *arguments)
{
	return reset((struct sock *)arguments->args[0], ps_reset_direction_sent, arguments->args[1] != 0);
}

/* TP_PROTO(struct sock *sk) */
SEC("raw_tracepoint/tcp_receive_reset") int raw_tp_tcp_receive_reset(struct bpf_raw_tracepoint_args *arguments)
{
	return reset((struct sock *)arguments->args[0], ps_reset_direction_received, 0);
}
