/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each socket(2) and socketpair(2) of the target: socket_open, with the stack that opened it; failed ones too.
 *
 *   fexit      __sys_socket(int family, int type, int protocol)
 *              __sys_socketpair(int family, int type, int protocol, int __user *usockvec)
 *   kretprobe  the same
 *   tracepoint syscalls:sys_exit_socket, sys_exit_socketpair
 *
 * A return is enough: the arguments are read through the registers of the system call.
 */
#include "socket.bpf.h"
#include "traffic/socket_sum.bpf.h"

static __always_inline int emit_open(void *context, s32 descriptor)
{
	struct sock *sk = descriptor_socket(descriptor);
	u16 family = sk ? socket_family(sk) : 0;
	if (!is_recorded_family(family))
		return 0;
	u64 inode = socket_inode(sk);
	own_socket(inode, ps_record_kind_socket_state);
	forget_sum(inode);
	struct ps_socket_open *record = RESERVE(socket_open, calling_goroutine_id());
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->socket_key = socket_key(sk);
	record->descriptor = descriptor;
	record->family = family;
	record->type = READ(sk, sk_type);
	record->protocol = ps_socket_protocol(sk);
	record->stack_id = user_stack(context, ps_record_kind_socket_open);
	submit_record(record);
	return 0;
}

/* int socket(int family, int type, int protocol), int socketpair(the same, int *pair) */
static __always_inline int emit_failure(void *context, s32 result)
{
	struct pt_regs *registers = ps_user_registers();
	u32 family = READ(registers, di);
	if (family > AF_INET6 || !is_recorded_family(family))
		return 0;
	struct ps_socket_open *record = RESERVE(socket_open, calling_goroutine_id());
	if (!record)
		return 0;
	record->descriptor = -1;
	record->family = family;
	record->type = READ(registers, si) & SOCK_TYPE_MASK;
	record->protocol = READ(registers, dx);
	record->result = result;
	record->stack_id = user_stack(context, ps_record_kind_socket_open);
	submit_record(record);
	return 0;
}

static __always_inline int socket_returned(void *context, s32 result)
{
	if (!is_target())
		return 0;
	return result < 0 ? emit_failure(context, result) : emit_open(context, result);
}

static __always_inline int socketpair_returned(void *context, s32 result)
{
	s32 pair[2] = {};
	if (!is_target())
		return 0;
	if (result)
		return emit_failure(context, result);
	struct pt_regs *registers = ps_user_registers();
	if (bpf_probe_read_user(pair, sizeof(pair), (void *)READ(registers, r10))) /* the fourth argument */
		return 0;
	emit_open(context, pair[0]);
	return emit_open(context, pair[1]);
}

SEC("fexit/__sys_socket") int fexit_sys_socket(u64 *arguments) { return socket_returned(arguments, arguments[3]); }

SEC("kretprobe/__sys_socket") int kretprobe_sys_socket(struct pt_regs *registers)
{
	return socket_returned(registers, PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_socket") int tp_exit_socket(struct syscall_exit *call)
{
	return socket_returned(call, call->result);
}

SEC("fexit/__sys_socketpair") int fexit_sys_socketpair(u64 *arguments)
{
	return socketpair_returned(arguments, arguments[4]);
}

SEC("kretprobe/__sys_socketpair") int kretprobe_sys_socketpair(struct pt_regs *registers)
{
	return socketpair_returned(registers, PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_socketpair") int tp_exit_socketpair(struct syscall_exit *call)
{
	return socketpair_returned(call, call->result);
}
