/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_DNS_BPF_H
#define POOLSCOPE_DNS_BPF_H
/* The messages between the target and its name servers, port 53: the only payload that is ever read. */
#include "user_message.bpf.h"

#define DNS_PORT __builtin_bswap16(53)	/* network order */
#define DNS_HEADER_SIZE 12

/* Unconnected UDP sockets of the target that have asked a name server: what comes back on them is an answer. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);	/* inode */
	__type(value, u64);
} asking_sockets SEC(".maps");

struct user_address {
	u16 family;
	u16 port;	/* network order */
	u32 address4;	/* of IPv6: the flow label */
	u8 address6[16];
};

/* Whether it is about a name; `peer`: as the caller gave it, of an unconnected socket. */
static __always_inline int is_dns(u64 inode, u16 remote_port, u8 operation, u64 name, struct user_address *peer)
{
	if (remote_port)
		return remote_port == DNS_PORT;
	if (operation == ps_io_operation_receive)
		return bpf_map_lookup_elem(&asking_sockets, &inode) != NULL;
	if (!name || bpf_probe_read_user(peer, 8, (void *)name) || peer->port != DNS_PORT)
		return 0;
	if (peer->family == AF_INET6)
		bpf_probe_read_user(peer->address6, sizeof(peer->address6), (void *)(name + 8));
	u64 one = 1;
	bpf_map_update_elem(&asking_sockets, &inode, &one, BPF_ANY);
	return 1;
}

/*
 * Called for TCP and UDP sockets whose peer has port 53 or, of UDP, that have no peer of their own. Apart from its callers,
 * which are many, so that they stay short.
 */
static __noinline int tell_dns(u64 socket, u64 inode, u32 operation, s32 result)
{
	struct sock *sk = (void *)socket;
	struct user_address peer = {};
	struct user_message message = calling_message();
	u16 remote_port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	if (!message.data || result < DNS_HEADER_SIZE || !is_dns(inode, remote_port, operation, message.name, &peer))
		return 0;
	struct ps_dns_message *record = RESERVE(dns_message, calling_goroutine_id());
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->family = socket_family(sk);
	record->protocol = ps_socket_protocol(sk);
	record->operation = operation;
	record->message_length = result;
	if (remote_port) {
		read_remote(sk, record->family, record->remote_address, &record->remote_port);
	} else if (peer.port) {
		record->remote_port = __builtin_bswap16(peer.port);
		if (peer.family == AF_INET)
			__builtin_memcpy(record->remote_address, &peer.address4, 4);
		else
			__builtin_memcpy(record->remote_address, peer.address6, sizeof(peer.address6));
	}
	u64 length = result;
	if (length > message.length)
		length = message.length;
	if (length > PS_DNS_MESSAGE_SIZE)
		length = PS_DNS_MESSAGE_SIZE;
	barrier_var(length);	/* the comparison must be of the register that the helper gets */
	if (length <= PS_DNS_MESSAGE_SIZE && !bpf_probe_read_user(record->message, length, (void *)message.data))
		record->captured_length = length;
	submit_record(record);
	return 0;
}

#endif
