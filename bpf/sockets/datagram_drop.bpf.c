/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each datagram that the kernel drops as a UDP socket of the target has no room for it: datagram_drop. Tracepoint
 * udp:udp_fail_queue_rcv_skb on every kernel; for IPv6 from 6.10 on ("udp6: add a missing call into
 * udp_fail_queue_rcv_skb tracepoint"). Datagrams with a wrong checksum, or that a filter refuses, do not pass here.
 */
#include "sockets/socket_owner.bpf.h"

/* TP_PROTO(int rc, struct sock *sk, [struct sk_buff *skb]) */
SEC("raw_tracepoint/udp_fail_queue_rcv_skb")
int raw_tp_udp_fail_queue_rcv_skb(struct bpf_raw_tracepoint_args *arguments)
{
	struct sock *sk = (struct sock *)arguments->args[1];
	u64 inode = socket_owner(sk);
	if (!inode)
		return 0;
	struct ps_datagram_drop *record = RESERVE_ANYWHERE(datagram_drop);
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->socket_key = socket_key(sk);
	record->family = socket_family(sk);
	read_local(sk, record->family, record->local_address, &record->local_port);
	record->result = arguments->args[0];
	record->queued_bytes = READ(sk, sk_backlog.rmem_alloc.counter);
	record->buffer_bytes = READ(sk, sk_rcvbuf);
	record->total_drops = ps_socket_drops(sk);
	submit_record(record);
	return 0;
}
