/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_POINTER_CHAIN_BPF_H
#define POOLSCOPE_POINTER_CHAIN_BPF_H
/* From a pool's connection object in the target's memory to the descriptor of its socket. */
#include "socket.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct ps_pointer_hop);
} pointer_hops SEC(".maps");

struct pointer_chain {
	u64 unknown_type;
	s32 descriptor;
	u16 status;
};

/* Follows one hop from `object`; the address of what stands at its end, 0 when a pointer is nil or unreadable. */
static __always_inline u64 follow_hop(struct ps_pointer_hop *hop, u64 object)
{
	for (u32 i = 0; i < PS_HOP_DEREFERENCES; i++) {
		if (i >= hop->dereference_count)
			break;
		object = read_user_word(object + hop->dereference_offsets[i]);
		if (!object)
			return 0;
	}
	return object + hop->end_offset;
}

/* From a connection object to its descriptor, along the hops that the loader has derived from Go's type descriptors. */
static __always_inline void follow_to_descriptor(struct ps_pointer_hop *hop, u64 object, struct pointer_chain *chain)
{
	chain->status = ps_walk_status_unreadable;
	for (u32 i = 0; i < PS_MAX_HOPS; i++) {
		u64 end = follow_hop(hop, object);
		if (!end)
			return;
		if (hop->end == ps_hop_end_descriptor) {
			if (!bpf_probe_read_user(&chain->descriptor, sizeof(s32), (void *)end))
				chain->status = ps_walk_status_not_socket;
			return;
		}
		u64 interface[2] = {}; /* itab or, in any, type; data (runtime/runtime2.go) */
		bpf_probe_read_user(interface, sizeof(interface), (void *)end);
		u64 type = interface[0];
		if (type && hop->end == ps_hop_end_interface)
			type = read_user_word(type + 8);
		if (!type)
			return;
		hop = bpf_map_lookup_elem(&pointer_hops, &type);
		if (!hop) {
			chain->status = ps_walk_status_unknown_type;
			chain->unknown_type = type;
			return;
		}
		object = interface[1];
	}
}

#endif
