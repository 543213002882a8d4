/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each accept(2) and accept4(2) of the target: socket_accept, failed ones too.
 *
 *   fentry + fexit     __sys_accept4(int fd, struct sockaddr __user *, int __user *, int flags)
 *   kprobe + kretprobe the same
 *   tracepoint         syscalls:sys_{enter,exit}_{accept,accept4}
 */
#include "socket.bpf.h"
#include "traffic/socket_sum.bpf.h"

struct accept_entry {
	u64 started_ns;
	s64 listener_descriptor;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64); /* thread */
	__type(value, struct accept_entry);
} accept_entries SEC(".maps");

static __always_inline int accept_entered(s32 listener_descriptor)
{
	if (!is_target())
		return 0;
	u64 thread = bpf_get_current_pid_tgid();
	struct accept_entry entry = {
		.started_ns = bpf_ktime_get_ns(),
		.listener_descriptor = listener_descriptor,
	};
	if (bpf_map_lookup_elem(&accept_entries, &thread))
		count_return_missed(ps_record_kind_socket_accept);
	if (bpf_map_update_elem(&accept_entries, &thread, &entry, BPF_ANY))
		count_map_full(ps_record_kind_socket_accept);
	return 0;
}

static __always_inline int accept_returned(s32 result)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct accept_entry *entry = bpf_map_lookup_elem(&accept_entries, &thread);
	if (!entry)
		return 0;
	struct ps_socket_accept *record = RESERVE(socket_accept, calling_goroutine_id());
	if (record) {
		record->duration_ns = record->header.timestamp_ns - entry->started_ns;
		record->result = result;
		record->listener_descriptor = entry->listener_descriptor;
		struct sock *sk = result >= 0 ? descriptor_socket(result) : NULL;
		if (sk) {
			record->family = socket_family(sk);
			record->socket_inode = socket_inode(sk);
			record->socket_key = socket_key(sk);
			record->protocol = ps_socket_protocol(sk);
			read_local(sk, record->family, record->local_address, &record->local_port);
			read_remote(sk, record->family, record->remote_address, &record->remote_port);
			own_socket(record->socket_inode, ps_record_kind_socket_state);
			forget_sum(record->socket_inode);
		}
		submit_record(record);
	}
	bpf_map_delete_elem(&accept_entries, &thread);
	return 0;
}

SEC("fentry/__sys_accept4") int fentry_sys_accept4(u64 *arguments) { return accept_entered(arguments[0]); }

SEC("fexit/__sys_accept4") int fexit_sys_accept4(u64 *arguments) { return accept_returned(arguments[4]); }

SEC("kprobe/__sys_accept4") int kprobe_sys_accept4(struct pt_regs *registers)
{
	return accept_entered(PT_REGS_PARM1(registers));
}

SEC("kretprobe/__sys_accept4") int kretprobe_sys_accept4(struct pt_regs *registers)
{
	return accept_returned(PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_enter_accept") int tp_enter_accept(struct syscall_enter *call)
{
	return accept_entered(call->arguments[0]);
}

SEC("tracepoint/syscalls/sys_exit_accept") int tp_exit_accept(struct syscall_exit *call)
{
	return accept_returned(call->result);
}

SEC("tracepoint/syscalls/sys_enter_accept4") int tp_enter_accept4(struct syscall_enter *call)
{
	return accept_entered(call->arguments[0]);
}

SEC("tracepoint/syscalls/sys_exit_accept4") int tp_exit_accept4(struct syscall_exit *call)
{
	return accept_returned(call->result);
}
