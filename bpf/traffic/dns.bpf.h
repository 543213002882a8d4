/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_DNS_BPF_H
#define POOLSCOPE_DNS_BPF_H
/* The messages between the target and its name servers, port 53: the only payload that is ever read. */
#include "traffic/datagram_peer.bpf.h"

#define DNS_PORT __builtin_bswap16(53) /* network order */
#define DNS_HEADER_SIZE 12

/* An answer that comes later is none: resolv.conf(5) lets no resolver wait longer (RES_MAXRETRANS). */
#define ANSWER_LIMIT_NS 30000000000ull

/*
 * Unconnected UDP sockets of the target of which the latest datagram went to a name server, and when: what comes back on them
 * for a while is an answer. It may be all that tells, as where the sender is not known.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);   /* inode */
	__type(value, u64); /* bpf_ktime_get_ns() */
} asking_sockets SEC(".maps");

/* Whether it is about a name, on a UDP socket that is not connected; `peer`: zero when it is not known. */
static __always_inline int is_dns(u64 inode, u32 operation, struct socket_address *peer)
{
	u64 now = bpf_ktime_get_ns();
	u64 *asked = bpf_map_lookup_elem(&asking_sockets, &inode);
	if (operation == ps_io_operation_receive)
		return asked && now - *asked < ANSWER_LIMIT_NS && (!peer->port || peer->port == DNS_PORT);
	if (peer->port == DNS_PORT)
		bpf_map_update_elem(&asking_sockets, &inode, &now, BPF_ANY);
	else if (asked)
		bpf_map_delete_elem(&asking_sockets, &inode);
	return peer->port == DNS_PORT;
}

/* The first bytes of a message; 0: the caller's memory could not be read. */
static __always_inline u32 copy_message(u8 *to, struct user_message *message, u32 size)
{
	u64 length = size;
	if (length > message->length)
		length = message->length;
	if (length > PS_DNS_MESSAGE_SIZE)
		length = PS_DNS_MESSAGE_SIZE;
	barrier_var(length); /* the comparison must be of the register that the helper gets */
	if (length > PS_DNS_MESSAGE_SIZE || bpf_probe_read_user(to, length, (void *)message->data))
		return 0;
	return length;
}

static __always_inline void tell_dns(struct sock *sk, u64 inode, u32 operation, s32 result,
				     struct user_message *message, struct socket_address *peer)
{
	struct ps_dns_message *record = RESERVE(dns_message, calling_goroutine_id());
	if (!record)
		return;
	record->socket_inode = inode;
	record->family = socket_family(sk);
	record->protocol = ps_socket_protocol(sk);
	record->operation = operation;
	record->message_length = result;
	read_remote(sk, record->family, record->remote_address, &record->remote_port);
	if (!record->remote_port && peer->port) {
		struct peer_value value = {};
		read_peer(&value, peer);
		__builtin_memcpy(record->remote_address, value.address, sizeof(value.address));
		record->remote_port = value.port;
	}
	record->captured_length = copy_message(record->message, message, result);
	submit_record(record);
}

struct message_call {
	u64 sk;
	u64 inode;
	u64 kernel_message; /* struct msghdr, of a receive; 0: the hook does not see it */
	s32 result;
	u32 operation;
};

/*
 * Called for TCP and UDP sockets whose peer has port 53 or, of UDP, that have no peer of their own. Apart from its callers,
 * which are many, so that they stay short.
 */
static __noinline int tell_message(struct message_call *call)
{
	struct sock *sk = (void *)call->sk;
	struct socket_address peer = {};
	struct user_message message = calling_message();
	int is_send = call->operation == ps_io_operation_send;
	if (call->result < 0)
		return 0;
	if (!READ(sk, __sk_common.skc_dport)) {
		struct msghdr *header = (void *)call->kernel_message;
		void *name = header ? READ_POINTER(header, msg_name) : NULL;
		if (is_send && message.name)
			bpf_probe_read_user(&peer, sizeof(peer), (void *)message.name);
		else if (name)
			bpf_probe_read_kernel(&peer, sizeof(peer), name);
		if (peer.port)
			note_peer(call->inode, call->operation, &peer);
		if (!is_dns(call->inode, call->operation, &peer))
			return 0;
	}
	if (message.data && call->result >= DNS_HEADER_SIZE)
		tell_dns(sk, call->inode, call->operation, call->result, &message, &peer);
	return 0;
}

#endif
