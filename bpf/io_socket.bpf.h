/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_IO_SOCKET_BPF_H
#define POOLSCOPE_IO_SOCKET_BPF_H
/* What is read of the socket of a receive or send. */
#include "socket.bpf.h"

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

#endif
