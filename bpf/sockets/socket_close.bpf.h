/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_CLOSE_BPF_H
#define POOLSCOPE_SOCKET_CLOSE_BPF_H
#include "socket.bpf.h"
#include "traffic/socket_sum.bpf.h"

static __always_inline int socket_closing(struct sock *sk, u64 inode, u64 goroutine, u64 now_ns)
{
	u64 key = (u64)sk;
	u16 family = socket_family(sk);
	if (!is_recorded_family(family))
		return 0;
	u16 protocol = ps_socket_protocol(sk);
	u16 state = READ(sk, __sk_common.skc_state);
	/* State changes that follow come without an inode. The entry goes with the change to TCP_CLOSE. */
	struct ended_socket closing = { .inode = inode, .ports = ports_of(sk) };
	if (protocol == IPPROTO_TCP && state != TCP_CLOSE &&
	    bpf_map_update_elem(&closing_sockets, &key, &closing, BPF_ANY))
		count_map_full(ps_record_kind_socket_state);
	bpf_map_delete_elem(&owned_inodes, &inode);
	end_sum(inode);

	struct ps_socket_close *record = RESERVE_AT(socket_close, goroutine, now_ns);
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->socket_key = socket_key(sk);
	record->family = family;
	record->protocol = protocol;
	record->socket_error = READ(sk, sk_err);
	if (protocol == IPPROTO_TCP) {
		record->state = state;
		record->unread_bytes = unread_bytes(sk);
	}
	submit_record(record);
	return 0;
}

#endif
