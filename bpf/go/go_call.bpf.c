/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls of Go's own library on the way to a connection: name_lookup, tls_handshake; and deadline. Go 1.19 to 1.27:
 *
 *   func (r *Resolver) lookupIPAddr(ctx context.Context, network, host string) ([]IPAddr, error)
 *   func (c *Conn) clientHandshake(ctx context.Context) (err error)
 *   func setDeadlineImpl(fd *FD, t time.Time, mode int) error
 *
 * What a hit means stands in the map call_points, found by the address of the instruction, as in pool_point.bpf.c.
 * Entry and return are paired by goroutine.
 */
#include "go/deadline.bpf.h"
#include "go/pointer_chain.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u64);
	__type(value, struct ps_call_point);
} call_points SEC(".maps");

struct name_lookup {
	u64 began_ns;
	u64 name_length;
	u8 name[PS_HOST_NAME_SIZE];
};

/* Look-ups under way, by g. A goroutine that ended in one (a panic) leaves its entry to the next that gets the g. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct name_lookup);
} name_lookups SEC(".maps");

struct handshake {
	u64 began_ns;
	u64 connection;
	u64 inode;
	u64 unknown_type;
	s32 descriptor;
	u32 status;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct handshake);
} handshakes SEC(".maps");

static __always_inline void lookup_began(struct pt_regs *registers, u64 g)
{
	struct name_lookup lookup = { .began_ns = bpf_ktime_get_ns(), .name_length = registers->r9 };
	u32 size = lookup.name_length < PS_HOST_NAME_SIZE ? lookup.name_length : PS_HOST_NAME_SIZE;
	barrier_var(size); /* else clang forgets the bound that the verifier wants to see */
	if (size > PS_HOST_NAME_SIZE)
		return;
	/* Read now: the string need not outlive the call. */
	if (size)
		bpf_probe_read_user(lookup.name, size, (void *)registers->r8);
	if (bpf_map_update_elem(&name_lookups, &g, &lookup, BPF_ANY))
		count_map_full(ps_record_kind_name_lookup);
}

static __always_inline void lookup_ended(struct pt_regs *registers, u64 g)
{
	struct name_lookup *lookup = bpf_map_lookup_elem(&name_lookups, &g);
	if (!lookup)
		return; /* began before it was traced */
	struct ps_name_lookup *record = RESERVE(name_lookup, goroutine_id(g));
	if (record) {
		record->duration_ns = record->header.timestamp_ns - lookup->began_ns;
		record->error_type = registers->di;
		record->address_count = registers->bx;
		record->name_length = lookup->name_length < 0xffff ? lookup->name_length : 0xffff;
		__builtin_memcpy(record->name, lookup->name, sizeof(record->name));
		submit_record(record);
	}
	bpf_map_delete_elem(&name_lookups, &g);
}

static __always_inline void handshake_began(struct pt_regs *registers, struct ps_call_point *point, u64 g)
{
	struct handshake handshake = { .began_ns = bpf_ktime_get_ns(), .connection = registers->ax };
	struct pointer_chain chain = { .descriptor = -1 };
	/* Now: a handshake that fails may have closed its socket when it returns. */
	if (point->chain.end != ps_hop_end_none)
		follow_to_descriptor(&point->chain, handshake.connection, &chain);
	struct sock *sk = chain.status == ps_walk_status_not_socket ? descriptor_socket(chain.descriptor) : NULL;
	handshake.inode = sk ? socket_inode(sk) : 0;
	handshake.unknown_type = chain.unknown_type;
	handshake.descriptor = chain.descriptor;
	handshake.status = sk ? ps_walk_status_socket : chain.status;
	if (bpf_map_update_elem(&handshakes, &g, &handshake, BPF_ANY))
		count_map_full(ps_record_kind_tls_handshake);
}

static __always_inline void handshake_ended(struct pt_regs *registers, u64 g)
{
	struct handshake *handshake = bpf_map_lookup_elem(&handshakes, &g);
	if (!handshake)
		return;
	struct ps_tls_handshake *record = RESERVE(tls_handshake, goroutine_id(g));
	if (record) {
		record->connection = handshake->connection;
		record->duration_ns = record->header.timestamp_ns - handshake->began_ns;
		record->error_type = registers->ax;
		record->socket_inode = handshake->inode;
		record->unknown_type = handshake->unknown_type;
		record->descriptor = handshake->descriptor;
		record->walk_status = handshake->status;
		submit_record(record);
	}
	bpf_map_delete_elem(&handshakes, &g);
}

SEC("uprobe") int go_call(struct pt_regs *registers)
{
	if (!is_target())
		return 0;
	u64 address = PT_REGS_IP(registers);
	struct ps_call_point *point = bpf_map_lookup_elem(&call_points, &address);
	if (!point || is_stack_growth(registers, point->flags))
		return 0;
	u64 g = goroutine_address(registers->r14, address);
	if (point->role == ps_call_role_name_lookup_begin)
		lookup_began(registers, g);
	else if (point->role == ps_call_role_name_lookup_end)
		lookup_ended(registers, g);
	else if (point->role == ps_call_role_handshake_begin)
		handshake_began(registers, point, g);
	else if (point->role == ps_call_role_handshake_end)
		handshake_ended(registers, g);
	else
		deadline_set(registers, point, g);
	return 0;
}
