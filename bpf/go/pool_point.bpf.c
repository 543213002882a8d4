/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every probe on a pool function of the target, whatever the library: pool_acquire_begin, pool_acquire_end,
 * pool_release, pool_connection_close. What a hit means, and where its arguments are, stands in the map pool_points,
 * found by the address of the instruction: that works on kernels without attach cookies (before 5.15).
 * Attached as uprobe or uprobe_multi, to instructions whose bytes the loader has checked. Never a uretprobe: it breaks
 * Go's stack unwinding (golang/go#22008); returns are caught at the `ret` instructions.
 */
#include "go/lease_key.bpf.h"
#include "go/pointer_chain.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct ps_pool_point);
} pool_points SEC(".maps");

static __always_inline void acquire_began(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	keep_argument(registers, point, g);
	struct ps_pool_acquire_begin *record = RESERVE(pool_acquire_begin, goroutine_id(g));
	if (!record)
		return;
	record->pool = go_register(registers, point->pool_register);
	record->goroutine_address = g;
	record->caller_address = read_user_word(registers->sp); /* at all our placements the frame is not yet set up */
	record->stack_id = user_stack(registers, ps_record_kind_pool_acquire_begin);
	record->point_id = point->id;
	submit_record(record);
}

static __always_inline void acquire_ended(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	struct pointer_chain chain = { .descriptor = -1 };
	u64 error_type = go_register(registers, point->error_register);
	u64 object = leased_object(registers, point, g);
	u64 connection = error_type ? 0 : connection_of(object, point);
	remember_lease(point, connection);
	if (connection && point->chain.end != ps_hop_end_none)
		follow_to_descriptor(&point->chain, connection, &chain);
	struct sock *sk = chain.status == ps_walk_status_not_socket ? descriptor_socket(chain.descriptor) : NULL;

	struct ps_pool_acquire_end *record = RESERVE(pool_acquire_end, goroutine_id(g));
	if (!record)
		return;
	record->connection = connection;
	record->error_type = error_type;
	record->error_value = error_type ? go_register(registers, point->error_register + 1) : 0;
	record->unknown_type = chain.unknown_type;
	record->descriptor = chain.descriptor;
	record->point_id = point->id;
	record->walk_status = sk ? ps_walk_status_socket : chain.status;
	if (sk) {
		record->socket_inode = socket_inode(sk);
		if (ps_socket_protocol(sk) == IPPROTO_TCP)
			record->socket_state = READ(sk, __sk_common.skc_state);
	}
	submit_record(record);
}

static __always_inline void released(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	u64 connection = connection_of(go_register(registers, point->connection_register), point);
	if (!connection || !forget_lease(point, connection))
		return; /* never leased, or released before: a second call is allowed and does nothing */
	struct ps_pool_release *record = RESERVE(pool_release, goroutine_id(g));
	if (!record)
		return;
	record->pool = go_register(registers, point->pool_register);
	record->connection = connection;
	record->error_type = go_register(registers, point->error_register);
	record->point_id = point->id;
	submit_record(record);
}

static __always_inline void connection_closed(struct pt_regs *registers, struct ps_pool_point *point, u64 g)
{
	u64 connection = connection_of(go_register(registers, point->connection_register), point);
	if (!connection)
		return;
	struct ps_pool_connection_close *record = RESERVE(pool_connection_close, goroutine_id(g));
	if (!record)
		return;
	record->pool = go_register(registers, point->pool_register);
	record->connection = connection;
	record->point_id = point->id;
	submit_record(record);
}

SEC("uprobe") int pool_point(struct pt_regs *registers)
{
	if (!is_target())
		return 0;
	u64 address = PT_REGS_IP(registers);
	struct ps_pool_point *point = bpf_map_lookup_elem(&pool_points, &address);
	if (!point || is_stack_growth(registers, point->flags))
		return 0;
	u64 g = goroutine_address(registers->r14, address);
	if (point->role == ps_point_role_acquire_begin)
		acquire_began(registers, point, g);
	else if (point->role == ps_point_role_acquire_end)
		acquire_ended(registers, point, g);
	else if (point->role == ps_point_role_release)
		released(registers, point, g);
	else
		connection_closed(registers, point, g);
	return 0;
}
