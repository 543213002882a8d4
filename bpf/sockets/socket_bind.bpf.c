/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each bind(2) of the target with its result: socket_bind, failed ones too.
 *
 *   fexit      __x64_sys_bind(const struct pt_regs *)
 *   kretprobe  the same
 *   tracepoint syscalls:sys_exit_bind
 *
 * The function of the table of system calls, as the compiler may have put __sys_bind into it.
 */
#include "sockets/socket_call.bpf.h"

/* struct sockaddr_in, sockaddr_in6 (uapi): family, port, then the address. */
struct asked_name {
	u16 family;
	u16 port;
	u8 ipv4_address[4];
	u8 ipv6_address[16];
};

/* The address as it was asked for. */
static __always_inline void read_asked(struct ps_socket_bind *record, u64 name)
{
	struct asked_name asked = {};
	struct pt_regs *registers = ps_user_registers();
	u32 length = READ(registers, dx);
	if (bpf_probe_read_user(&asked, length < sizeof(asked) ? 8 : sizeof(asked), (void *)name))
		return;
	record->family = asked.family; /* AF_INET on an AF_INET6 socket */
	record->local_port = __builtin_bswap16(asked.port);
	if (asked.family == AF_INET)
		__builtin_memcpy(record->local_address, asked.ipv4_address, sizeof(asked.ipv4_address));
	else if (asked.family == AF_INET6)
		__builtin_memcpy(record->local_address, asked.ipv6_address, sizeof(asked.ipv6_address));
}

static __always_inline int bind_returned(s32 result)
{
	struct socket_call call = {};
	if (!read_socket_call(&call))
		return 0;
	struct ps_socket_bind *record = RESERVE_CALL(socket_bind, &call, result);
	if (!record)
		return 0;
	if (result == 0)
		read_local(call.sk, call.family, record->local_address, &record->local_port);
	else if (call.family != AF_UNIX)
		read_asked(record, call.second);
	submit_record(record);
	return 0;
}

SEC("fexit/__x64_sys_bind") int fexit_sys_bind(u64 *arguments) { return bind_returned(arguments[1]); }

SEC("kretprobe/__x64_sys_bind") int kretprobe_sys_bind(struct pt_regs *registers)
{
	return bind_returned(PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_bind") int tp_exit_bind(struct syscall_exit *call)
{
	return bind_returned(call->result);
}
