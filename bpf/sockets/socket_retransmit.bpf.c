/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each segment that TCP sends again for a socket of the target: socket_retransmit. Tracepoint tcp:tcp_retransmit_skb on
 * every kernel. It fires in a timer or on an acknowledgement, so the owner is found by the socket, never by the task.
 */
#include "sockets/socket_owner.bpf.h"

static __always_inline int retransmitted(struct sock *sk, s32 result)
{
	u64 inode = socket_owner(sk);
	if (!inode)
		return 0;
	struct ps_socket_retransmit *record = RESERVE_ANYWHERE(socket_retransmit);
	if (!record)
		return 0;
	struct inet_connection_sock *connection = (void *)sk;
	struct tcp_sock *tcp = (void *)sk;
	record->socket_inode = inode;
	record->socket_key = socket_key(sk);
	record->family = socket_family(sk);
	read_local(sk, record->family, record->local_address, &record->local_port);
	read_remote(sk, record->family, record->remote_address, &record->remote_port);
	record->state = READ(sk, __sk_common.skc_state);
	record->timeout_us = (u64)READ(connection, icsk_rto) * config.tick_ns / 1000;
	record->unacknowledged_bytes = unacknowledged_bytes(sk);
	record->total_retransmits = READ(tcp, total_retrans);
	record->round_trip_us = READ(tcp, srtt_us) >> 3;
	record->timeouts = READ(connection, icsk_retransmits);
	record->backoff = READ(connection, icsk_backoff);
	record->result = result;
	submit_record(record);
	return 0;
}

/* TP_PROTO(const struct sock *sk, const struct sk_buff *skb), until 6.16: after a success only */
SEC("raw_tracepoint/tcp_retransmit_skb") int raw_tp2_tcp_retransmit_skb(struct bpf_raw_tracepoint_args *arguments)
{
	return retransmitted((struct sock *)arguments->args[0], 0);
}

/* TP_PROTO(const struct sock *sk, const struct sk_buff *skb, int err) */
SEC("raw_tracepoint/tcp_retransmit_skb") int raw_tp3_tcp_retransmit_skb(struct bpf_raw_tracepoint_args *arguments)
{
	s32 result = arguments->args[2];
	return retransmitted((struct sock *)arguments->args[0], result < 0 ? result : 0);
}
