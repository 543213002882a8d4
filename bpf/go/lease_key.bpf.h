/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_LEASE_KEY_BPF_H
#define POOLSCOPE_LEASE_KEY_BPF_H
/* From the registers at a pool's function to what its lease is known by. */
#include "emit.bpf.h"

/* For functions that return no connection but leave it in their receiver, which is in no register at the `ret`. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64); /* goroutine */
	__type(value, u64);
} kept_arguments SEC(".maps");

struct leased_key {
	u64 connection;
	u64 set;
};

/* For functions that end leases, and much else: closing a socket, whoever opened it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct leased_key);
	__type(value, u8);
} leased_connections SEC(".maps");

/*
 * Integer register `index` of Go's internal ABI (src/cmd/compile/abi-internal.md). Through volatile copies: else clang
 * makes the index an offset into the context, which the verifier refuses ("dereference of modified ctx ptr").
 */
static __always_inline u64 go_register(struct pt_regs *registers, u8 index)
{
	u64 ax = *(volatile unsigned long *)&registers->ax, bx = *(volatile unsigned long *)&registers->bx;
	u64 cx = *(volatile unsigned long *)&registers->cx, di = *(volatile unsigned long *)&registers->di;
	u64 si = *(volatile unsigned long *)&registers->si, r8 = *(volatile unsigned long *)&registers->r8;
	u64 r9 = *(volatile unsigned long *)&registers->r9, r10 = *(volatile unsigned long *)&registers->r10;
	u64 r11 = *(volatile unsigned long *)&registers->r11;
	return index == 0   ? ax
	       : index == 1 ? bx
	       : index == 2 ? cx
	       : index == 3 ? di
	       : index == 4 ? si
	       : index == 5 ? r8
	       : index == 6 ? r9
	       : index == 7 ? r10
	       : index == 8 ? r11
			    : 0;
}

static __always_inline void keep_argument(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	if (!(point->flags & PS_POINT_KEEPS_ARGUMENT))
		return;
	u64 argument = go_register(registers, point->connection_register);
	if (bpf_map_update_elem(&kept_arguments, &g, &argument, BPF_ANY))
		count_map_full(ps_record_kind_pool_acquire_end);
}

/* The object that an acquire returned, or filled; 0: this acquire began before it was traced. */
static __always_inline u64 leased_object(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	if (!(point->flags & PS_POINT_KEPT_ARGUMENT))
		return go_register(registers, point->connection_register);
	u64 *argument = bpf_map_lookup_elem(&kept_arguments, &g);
	u64 object = argument ? *argument : 0;
	bpf_map_delete_elem(&kept_arguments, &g);
	return object;
}

/* What a lease is known by, and where the chain to its socket begins; 0: there is none, or it is not leased. */
static __always_inline u64 connection_of(u64 object, struct ps_pool_point *point)
{
	for (u32 i = 0; i < PS_KEY_DEREFERENCES; i++) {
		if (i >= point->key_dereference_count || !object)
			break;
		object = read_user_word(object + point->key_offsets[i]);
	}
	if (object && point->flags & PS_POINT_MAY_BE_SHARED && read_user_word(object + point->shared_offset))
		return 0;
	return object;
}

static __always_inline void remember_lease(struct ps_pool_point *point, u64 connection)
{
	struct leased_key key = { .connection = connection, .set = point->leased_set };
	u8 present = 1;
	if (!connection || !key.set)
		return;
	if (bpf_map_update_elem(&leased_connections, &key, &present, BPF_ANY))
		count_map_full(ps_record_kind_pool_release); /* its release will not be told */
}

/* Whether a release is to be told. */
static __always_inline int forget_lease(struct ps_pool_point *point, u64 connection)
{
	struct leased_key key = { .connection = connection, .set = point->leased_set };
	return !key.set || !bpf_map_delete_elem(&leased_connections, &key);
}

#endif
