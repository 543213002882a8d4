/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_OWNER_BPF_H
#define POOLSCOPE_SOCKET_OWNER_BPF_H
/* Whose socket is it, where the current task does not tell: in softirq, and while a close resets the connection. */
#include "socket.bpf.h"

#define TCP_TIME_WAIT 6
#define TCP_NEW_SYN_RECV 12

#define CLOSED_TRUST_NS 100000000ull

struct closed_socket {
	struct ended_socket was;
	u64 closed_ns;
};

/*
 * Sockets of the target that have just reached TCP_CLOSE: struct sock -> what it was. A close that resets changes the
 * state first and sends the RST after, as does the answer to data that came after a close (tcp_rcv_state_process).
 * The kernel uses the memory again, for anybody's socket: it is another one if its ports are others, and it is no
 * more in TCP_CLOSE.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct closed_socket);
} closed_sockets SEC(".maps");

static __always_inline void remember_closed(struct sock *sk, u64 inode)
{
	u64 key = (u64)sk;
	struct closed_socket closed = { .was = { inode, ports_of(sk) }, .closed_ns = bpf_ktime_get_ns() };
	bpf_map_update_elem(&closed_sockets, &key, &closed, BPF_ANY);
}

/* The inode of a socket of the target; 0: it is somebody else's, or a short form of a socket without an owner. */
static __always_inline u64 socket_owner(struct sock *sk)
{
	u64 key = (u64)sk;
	u8 state = READ(sk, __sk_common.skc_state);
	if (!sk || state == TCP_TIME_WAIT ||
	    state == TCP_NEW_SYN_RECV) /* struct inet_timewait_sock, tcp_request_sock */
		return 0;
	u64 inode = socket_inode(sk);
	if (inode && bpf_map_lookup_elem(&owned_inodes, &inode))
		return inode;
	u64 closing = closing_inode(sk);
	if (closing)
		return closing;
	struct closed_socket *closed = bpf_map_lookup_elem(&closed_sockets, &key);
	if (!closed)
		return 0;
	if (inode)
		return inode == closed->was.inode ? inode : 0;
	/* Without a file: the target's a moment ago, and not used again since. */
	if (state != TCP_CLOSE || closed->was.ports != ports_of(sk) ||
	    bpf_ktime_get_ns() - closed->closed_ns >= CLOSED_TRUST_NS)
		return 0;
	return closed->was.inode;
}

/* The header of a record that may come from softirq: thread and goroutine only where they are the target's. */
#define RESERVE_ANYWHERE(record)                                                                                       \
	({                                                                                                             \
		int in_context = is_target();                                                                          \
		struct ps_##record *reserved_record = RESERVE(record, in_context ? calling_goroutine_id() : 0);        \
		if (reserved_record && !in_context)                                                                    \
			reserved_record->header.thread_id = 0;                                                         \
		reserved_record;                                                                                       \
	})

#endif
