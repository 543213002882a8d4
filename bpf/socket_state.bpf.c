/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each TCP state change of a socket of the target: socket_state. Tracepoint sock:inet_sock_set_state on every kernel;
 * no function does it better. Most changes come in softirq, where the current task is whoever was interrupted: the
 * socket is the target's when its inode is known to be, or when it was on its way down.
 */
#include "socket_close.bpf.h"
#include "socket_owner.bpf.h"

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate) */
SEC("raw_tracepoint/inet_sock_set_state") int raw_tp_inet_sock_set_state(struct bpf_raw_tracepoint_args *arguments)
{
	struct sock *sk = (struct sock *)arguments->args[0];
	u64 key = (u64)sk;
	u32 new_state = arguments->args[2];
	u64 inode = socket_inode(sk);
	if (!inode || !bpf_map_lookup_elem(&owned_inodes, &inode))
		inode = closing_inode(sk);
	if (!inode)
		return 0;
	if (ps_socket_protocol(sk) != IPPROTO_TCP)
		return 0;

	int in_context = is_target();
	struct ps_socket_state *record = RESERVE(socket_state, in_context ? calling_goroutine_id() : 0);
	if (record) {
		if (!in_context)
			record->header.thread_id = 0;
		record->socket_inode = inode;
		record->socket_key = socket_key(sk);
		record->family = socket_family(sk);
		record->protocol = IPPROTO_TCP;
		read_local(sk, record->family, record->local_address, &record->local_port);
		read_remote(sk, record->family, record->remote_address, &record->remote_port);
		record->old_state = arguments->args[1];
		record->new_state = new_state;
		record->socket_error = BPF_CORE_READ(sk, sk_err);
		submit_record(record);
	}
	if (new_state == TCP_CLOSE && !bpf_map_delete_elem(&closing_sockets, &key))
		remember_closed(sk, inode);
	return 0;
}
