/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each listen(2) of the target with its result: socket_listen.
 *
 *   fexit      __sys_listen(int fd, int backlog)
 *   kretprobe  the same
 *   tracepoint syscalls:sys_exit_listen
 */
#include "sockets/socket_call.bpf.h"

static __always_inline int listen_returned(void *context, s32 result)
{
	struct socket_call call = {};
	if (!read_socket_call(&call))
		return 0;
	struct ps_socket_listen *record = RESERVE_CALL(socket_listen, &call, result);
	if (!record)
		return 0;
	read_local(call.sk, call.family, record->local_address, &record->local_port);
	record->backlog = call.second;
	record->stack_id = user_stack(context, ps_record_kind_socket_listen);
	submit_record(record);
	return 0;
}

SEC("fexit/__sys_listen") int fexit_sys_listen(u64 *arguments) { return listen_returned(arguments, arguments[2]); }

SEC("kretprobe/__sys_listen") int kretprobe_sys_listen(struct pt_regs *registers)
{
	return listen_returned(registers, PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_listen") int tp_exit_listen(struct syscall_exit *call)
{
	return listen_returned(call, call->result);
}
