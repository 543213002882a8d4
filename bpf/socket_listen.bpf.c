/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each listen(2) of the target with its result: socket_listen.
 *
 *   fexit      __sys_listen(int fd, int backlog)
 *   kretprobe  the same
 *   tracepoint syscalls:sys_exit_listen
 *
 * A return is enough: the arguments are read through the registers of the system call.
 */
#include "socket.bpf.h"

static __always_inline int listen_returned(void *context, s32 result)
{
	if (!is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	s32 descriptor = BPF_CORE_READ(registers, di);
	struct sock *sk = descriptor_socket(descriptor);
	u16 family = sk ? socket_family(sk) : 0;
	if (!is_recorded_family(family))
		return 0;
	struct ps_socket_listen *record = RESERVE(socket_listen, calling_goroutine_id());
	if (!record)
		return 0;
	record->socket_inode = socket_inode(sk);
	record->socket_key = socket_key(sk);
	record->family = family;
	record->protocol = ps_socket_protocol(sk);
	read_local(sk, family, record->local_address, &record->local_port);
	record->backlog = BPF_CORE_READ(registers, si);
	record->result = result;
	record->descriptor = descriptor;
	record->stack_id = user_stack(context, ps_record_kind_socket_listen);
	submit_record(record);
	return 0;
}

SEC("fexit/__sys_listen") int fexit_sys_listen(u64 *arguments)
{
	return listen_returned(arguments, arguments[2]);
}

SEC("kretprobe/__sys_listen") int kretprobe_sys_listen(struct pt_regs *registers)
{
	return listen_returned(registers, PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_listen") int tp_exit_listen(struct syscall_exit *call)
{
	return listen_returned(call, call->result);
}
