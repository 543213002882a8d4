/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each shutdown(2) of the target with its result: socket_shutdown.
 *
 *   fexit      __x64_sys_shutdown(const struct pt_regs *)
 *   kretprobe  the same
 *
 * No tracepoint: each one of a system call costs every process of the host, and detaching it takes 75 ms. What a shutdown
 * does to a connection is in socket_state.
 */
#include "sockets/socket_call.bpf.h"

static __always_inline int shutdown_returned(s32 result)
{
	struct socket_call call = {};
	if (!read_socket_call(&call))
		return 0;
	struct ps_socket_shutdown *record = RESERVE_CALL(socket_shutdown, &call, result);
	if (!record)
		return 0;
	record->how = call.second;
	submit_record(record);
	return 0;
}

SEC("fexit/__x64_sys_shutdown") int fexit_sys_shutdown(u64 *arguments) { return shutdown_returned(arguments[1]); }

SEC("kretprobe/__x64_sys_shutdown") int kretprobe_sys_shutdown(struct pt_regs *registers)
{
	return shutdown_returned(PT_REGS_RC(registers));
}
