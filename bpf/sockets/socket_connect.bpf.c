/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each connect(2) of the target with its result: socket_connect, and before it unix_address for a Unix peer.
 *
 *   fentry + fexit     __sys_connect(int fd, struct sockaddr __user *uservaddr, int addrlen)
 *   kprobe + kretprobe the same
 *   tracepoint         syscalls:sys_enter_connect, sys_exit_connect
 *
 * The peer is taken from the caller's sockaddr: a refused connect has wiped it from the socket.
 */
#include "socket.bpf.h"

struct connect_entry {
	u64 started_ns;
	s32 descriptor;
	u16 family;
	u16 remote_port;
	u8 remote_address[PS_ADDRESS_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64); /* thread */
	__type(value, struct connect_entry);
} connect_entries SEC(".maps");

/* struct sockaddr_in, sockaddr_in6 (uapi): family, port, then the address. */
struct inet_name {
	u16 family;
	u16 port;
	u8 ipv4_address[4];
	u8 ipv6_address[16];
};

static __always_inline void emit_unix_path(struct sock *sk, u64 name, u32 length)
{
	struct ps_unix_address *record = RESERVE(unix_address, 0);
	if (!record)
		return;
	u32 path_length = length > 2 ? length - 2 : 0; /* after sun_family */
	if (path_length > 108)
		path_length = 108;
	record->socket_inode = socket_inode(sk);
	record->is_remote = 1;
	record->path_length = path_length;
	bpf_probe_read_user(record->path, path_length, (void *)(name + 2));
	submit_record(record);
}

static __always_inline int connect_entered(s32 descriptor, u64 name, u32 length)
{
	if (!is_target())
		return 0;
	struct sock *sk = descriptor_socket(descriptor);
	if (!sk)
		return 0;
	u16 family = socket_family(sk);
	if (!is_recorded_family(family))
		return 0;
	struct connect_entry entry = {
		.started_ns = bpf_ktime_get_ns(),
		.descriptor = descriptor,
		.family = family,
	};
	struct inet_name inet = {};
	u64 thread = bpf_get_current_pid_tgid();
	if (family == AF_UNIX) {
		emit_unix_path(sk, name, length);
	} else if (!bpf_probe_read_user(&inet, length < sizeof(inet) ? 8 : sizeof(inet), (void *)name)) {
		entry.family = inet.family; /* AF_INET on an AF_INET6 socket; AF_UNSPEC disconnects */
		entry.remote_port = __builtin_bswap16(inet.port);
		if (inet.family == AF_INET)
			__builtin_memcpy(entry.remote_address, inet.ipv4_address, 4);
		else if (inet.family == AF_INET6)
			__builtin_memcpy(entry.remote_address, inet.ipv6_address, 16);
	}
	own_socket(socket_inode(sk), ps_record_kind_socket_state);
	if (bpf_map_lookup_elem(&connect_entries, &thread))
		count_return_missed(ps_record_kind_socket_connect);
	if (bpf_map_update_elem(&connect_entries, &thread, &entry, BPF_ANY))
		count_map_full(ps_record_kind_socket_connect);
	return 0;
}

static __always_inline int connect_returned(void *context, s32 result)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct connect_entry *entry = bpf_map_lookup_elem(&connect_entries, &thread);
	if (!entry)
		return 0;
	struct sock *sk = descriptor_socket(entry->descriptor);
	struct ps_socket_connect *record = sk ? RESERVE(socket_connect, calling_goroutine_id()) : NULL;
	if (record) {
		u16 family = socket_family(sk);
		record->socket_inode = socket_inode(sk);
		record->socket_key = socket_key(sk);
		record->duration_ns = record->header.timestamp_ns - entry->started_ns;
		read_local(sk, family, record->local_address, &record->local_port);
		__builtin_memcpy(record->remote_address, entry->remote_address, PS_ADDRESS_SIZE);
		record->remote_port = entry->remote_port;
		record->family = entry->family;
		record->protocol = ps_socket_protocol(sk);
		record->result = result;
		record->descriptor = entry->descriptor;
		record->stack_id = user_stack(context, ps_record_kind_socket_connect);
		submit_record(record);
	}
	bpf_map_delete_elem(&connect_entries, &thread);
	return 0;
}

SEC("fentry/__sys_connect") int fentry_sys_connect(u64 *arguments)
{
	return connect_entered(arguments[0], arguments[1], arguments[2]);
}

SEC("fexit/__sys_connect") int fexit_sys_connect(u64 *arguments) { return connect_returned(arguments, arguments[3]); }

SEC("kprobe/__sys_connect") int kprobe_sys_connect(struct pt_regs *registers)
{
	return connect_entered(PT_REGS_PARM1(registers), PT_REGS_PARM2(registers), PT_REGS_PARM3(registers));
}

SEC("kretprobe/__sys_connect") int kretprobe_sys_connect(struct pt_regs *registers)
{
	return connect_returned(registers, PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_enter_connect") int tp_enter_connect(struct syscall_enter *call)
{
	return connect_entered(call->arguments[0], call->arguments[1], call->arguments[2]);
}

SEC("tracepoint/syscalls/sys_exit_connect") int tp_exit_connect(struct syscall_exit *call)
{
	return connect_returned(call, call->result);
}
