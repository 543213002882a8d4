/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_DATAGRAM_PEER_BPF_H
#define POOLSCOPE_DATAGRAM_PEER_BPF_H
/* Whom a UDP socket talks to that has no peer of its own: datagram_peer, when it is another one than before. */
#include "traffic/user_message.bpf.h"

/* struct sockaddr_in, sockaddr_in6. */
struct socket_address {
	u16 family;
	u16 port;     /* network order */
	u32 address4; /* of IPv6: the flow label */
	u8 address6[16];
};

struct peer_key {
	u64 inode;
	u64 operation;
};

struct peer_value {
	u64 address[2];
	u32 port;
	u32 family;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct peer_key);
	__type(value, struct peer_value);
} datagram_peers SEC(".maps");

static __always_inline void read_peer(struct peer_value *peer, struct socket_address *from)
{
	peer->family = from->family == AF_INET6 ? AF_INET6 : AF_INET;
	peer->port = __builtin_bswap16(from->port);
	if (peer->family == AF_INET6)
		__builtin_memcpy(peer->address, from->address6, sizeof(from->address6));
	else
		__builtin_memcpy(peer->address, &from->address4, sizeof(from->address4));
}

static __always_inline void note_peer(u64 inode, u32 operation, struct socket_address *from)
{
	struct peer_key key = { .inode = inode, .operation = operation };
	struct peer_value peer = {};
	read_peer(&peer, from);
	struct peer_value *before = bpf_map_lookup_elem(&datagram_peers, &key);
	if (!inode || (before && before->address[0] == peer.address[0] && before->address[1] == peer.address[1] &&
		       before->port == peer.port && before->family == peer.family))
		return;
	struct ps_datagram_peer *record = RESERVE(datagram_peer, calling_goroutine_id());
	if (!record)
		return; /* the next datagram tries again */
	record->socket_inode = inode;
	__builtin_memcpy(record->remote_address, peer.address, sizeof(peer.address));
	record->remote_port = peer.port;
	record->family = peer.family;
	record->operation = operation;
	submit_record(record);
	bpf_map_update_elem(&datagram_peers, &key, &peer, BPF_ANY);
}

#endif
