/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each TCP state change of a socket of the target: socket_state. Tracepoint sock:inet_sock_set_state on every kernel;
 * no function does it better. Most changes come in softirq, where the current task is whoever was interrupted: the
 * socket is the target's when its inode is known to be, or when it was on its way down.
 */
#include "sockets/socket_close.bpf.h"
#include "sockets/socket_owner.bpf.h"

/* The change that a processor is about, or was about last. */
struct state_change {
	u64 key;
	u32 states;
	u32 running;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct state_change);
} state_changes SEC(".maps");

static __always_inline u32 states_of(struct bpf_raw_tracepoint_args *arguments)
{
	return (u32)arguments->args[1] << 8 | (u8)arguments->args[2];
}

static __always_inline int state_changed(struct bpf_raw_tracepoint_args *arguments)
{
	struct sock *sk = (struct sock *)arguments->args[0];
	u64 key = (u64)sk;
	u32 new_state = arguments->args[2];
	u64 inode = socket_inode(sk);
	if (!inode || !bpf_map_lookup_elem(&owned_inodes, &inode))
		inode = closing_inode(sk);
	if (!inode)
		return 0;
	if (ps_socket_protocol(sk) != IPPROTO_TCP)
		return 0;

	int in_context = is_target();
	struct ps_socket_state *record = RESERVE(socket_state, in_context ? calling_goroutine_id() : 0);
	if (record) {
		if (!in_context)
			record->header.thread_id = 0;
		record->socket_inode = inode;
		record->socket_key = socket_key(sk);
		record->family = socket_family(sk);
		record->protocol = IPPROTO_TCP;
		read_local(sk, record->family, record->local_address, &record->local_port);
		read_remote(sk, record->family, record->remote_address, &record->remote_port);
		record->old_state = arguments->args[1];
		record->new_state = new_state;
		record->socket_error = READ(sk, sk_err);
		submit_record(record);
	}
	if (new_state == TCP_CLOSE && !bpf_map_delete_elem(&closing_sockets, &key))
		remember_closed(sk, inode);
	return 0;
}

/*
 * Since 6.3 the kernel does not run a program while it runs on the same processor already (__bpf_trace_run). A socket is
 * connected or closed with softirqs enabled: one that comes in the midst of this program brings segments of other
 * connections, whose changes would all be missing. A second program, attached after this one, runs there and does them.
 */

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate) */
SEC("raw_tracepoint/inet_sock_set_state") int raw_tp_inet_sock_set_state(struct bpf_raw_tracepoint_args *arguments)
{
	u32 zero = 0;
	volatile struct state_change *change = bpf_map_lookup_elem(&state_changes, &zero);
	if (!change)
		return 0;
	change->running += 1;
	change->key = arguments->args[0];
	change->states = states_of(arguments);
	state_changed(arguments);
	change->running -= 1;
	return 0;
}

SEC("raw_tracepoint/inet_sock_set_state")
int raw_tp_inet_sock_set_state_fallback(struct bpf_raw_tracepoint_args *arguments)
{
	u32 zero = 0;
	volatile struct state_change *change = bpf_map_lookup_elem(&state_changes, &zero);
	if (!change || !change->running)
		return 0;
	/* Before 6.3 the first program has just been run for it, in the midst of itself. */
	if (change->key == arguments->args[0] && change->states == states_of(arguments))
		return 0;
	count_done_by_fallback(ps_record_kind_socket_state);
	return state_changed(arguments);
}
