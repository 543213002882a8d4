/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_IO_SOCKET_BPF_H
#define POOLSCOPE_IO_SOCKET_BPF_H
/* What is read of the socket of a receive or send. */
#include "socket.bpf.h"

struct io_socket {
	u64 inode;
	u32 queued_bytes;
	u32 arrived_ticks; /* TCP, receive: when the latest data came, in jiffies */
	u16 family;
	u16 protocol;
	u16 remote_port; /* network order; 0: none, as of an unconnected UDP socket */
};

static __always_inline int read_io_socket(struct sock *sk, u8 operation, struct io_socket *io)
{
	io->family = socket_family(sk);
	if (!is_recorded_family(io->family))
		return 0;
	io->inode = socket_inode(sk);
	if (io->family == AF_UNIX)
		return 1;
	io->protocol = READ(sk, sk_protocol);
	io->remote_port = READ(sk, __sk_common.skc_dport);
	int is_receive = operation == ps_io_operation_receive;
	if (io->protocol == IPPROTO_TCP) {
		struct inet_connection_sock *connection = (void *)sk;
		io->queued_bytes = is_receive ? unread_bytes(sk) : unacknowledged_bytes(sk);
		if (is_receive)
			io->arrived_ticks = READ(connection, icsk_ack.lrcvtime);
	} else if (is_receive && io->protocol == IPPROTO_UDP) {
		io->queued_bytes = READ(sk, sk_backlog.rmem_alloc.counter);
	}
	return 1;
}

#endif
