/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which descriptor numbers of the target refer to which sockets: descriptor_open, descriptor_close.
 *
 *   fentry/fexit       fd_install(unsigned int fd, struct file *file): socket, accept, dup, F_DUPFD, passed descriptors;
 *                      __x64_sys_dup2, __x64_sys_dup3, which do not go through it; __x64_sys_close
 *   kprobe/kretprobe   the same
 *   tracepoint         syscalls:sys_exit_{dup,dup2,dup3,fcntl}, sys_enter_close
 */
#include "sockets/socket_close.bpf.h"

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define SYSCALL_DUP 32
#define SYSCALL_SOCKET 41
#define SYSCALL_ACCEPT 43
#define SYSCALL_SOCKETPAIR 53
#define SYSCALL_FCNTL 72
#define SYSCALL_ACCEPT4 288

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

static __always_inline int emit_descriptor(struct sock *sk, s32 descriptor, s32 old_descriptor, u16 cause)
{
	u64 inode = sk ? socket_inode(sk) : 0;
	if (!inode || !is_recorded_family(socket_family(sk)))
		return 0;
	own_socket(inode, ps_record_kind_socket_state);
	struct ps_descriptor_open *record = RESERVE(descriptor_open, calling_goroutine_id());
	if (!record)
		return 0;
	record->socket_inode = inode;
	record->descriptor = descriptor;
	record->old_descriptor = old_descriptor;
	record->cause = cause;
	submit_record(record);
	return 0;
}

/* fd_install does not say what for; the system call does. One that another task makes for the target says nothing. */
static __always_inline int installed(s32 descriptor, struct file *file)
{
	s32 old_descriptor = -1;
	u16 cause = ps_descriptor_cause_other;

	if (!is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	switch (READ(registers, orig_ax)) {
	case SYSCALL_SOCKET:
	case SYSCALL_SOCKETPAIR: cause = ps_descriptor_cause_socket; break;
	case SYSCALL_ACCEPT:
	case SYSCALL_ACCEPT4: cause = ps_descriptor_cause_accept; break;
	case SYSCALL_DUP:
	case SYSCALL_FCNTL: /* of its commands only F_DUPFD and F_DUPFD_CLOEXEC install a descriptor */
		cause = ps_descriptor_cause_duplicate;
		old_descriptor = READ(registers, di);
	}
	return emit_descriptor(file_socket(file), descriptor, old_descriptor, cause);
}

/* dup, dup2, dup3 returned: the first argument is the duplicated descriptor. */
static __always_inline int duplicated(s64 result)
{
	if (result < 0 || !is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	s32 old_descriptor = READ(registers, di);
	if (old_descriptor == result)
		return 0; /* dup2(fd, fd) does nothing */
	return emit_descriptor(descriptor_socket(result), result, old_descriptor, ps_descriptor_cause_duplicate);
}

/* close(2) entered. `is_last_reference_a_close`: nothing else tells when the socket goes. */
static __always_inline int descriptor_closing(int is_last_reference_a_close)
{
	if (!is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	s32 descriptor = READ(registers, di);
	struct file *file = descriptor_file(descriptor);
	struct sock *sk = file_socket(file);
	u64 inode = sk ? socket_inode(sk) : 0;
	if (!inode || !is_recorded_family(socket_family(sk)))
		return 0;
	u64 goroutine = calling_goroutine_id(), now_ns = bpf_ktime_get_ns();
	struct ps_descriptor_close *record = RESERVE_AT(descriptor_close, goroutine, now_ns);
	if (record) {
		record->socket_inode = inode;
		record->descriptor = descriptor;
		submit_record(record);
	}
	if (is_last_reference_a_close && ps_file_references(file) == 1)
		return socket_closing(sk, inode, goroutine, now_ns);
	return 0;
}

SEC("fentry/fd_install") int fentry_fd_install(u64 *arguments)
{
	return installed(arguments[0], (struct file *)arguments[1]);
}

SEC("kprobe/fd_install") int kprobe_fd_install(struct pt_regs *registers)
{
	return installed(PT_REGS_PARM1(registers), (struct file *)PT_REGS_PARM2(registers));
}

SEC("fexit/__x64_sys_dup2") int fexit_sys_dup2(u64 *arguments) { return duplicated(arguments[1]); }
SEC("fexit/__x64_sys_dup3") int fexit_sys_dup3(u64 *arguments) { return duplicated(arguments[1]); }
SEC("fentry/__x64_sys_close") int fentry_sys_close(u64 *arguments) { return descriptor_closing(0); }

SEC("kretprobe/__x64_sys_dup2") int kretprobe_sys_dup2(struct pt_regs *regs) { return duplicated(PT_REGS_RC(regs)); }
SEC("kretprobe/__x64_sys_dup3") int kretprobe_sys_dup3(struct pt_regs *regs) { return duplicated(PT_REGS_RC(regs)); }
SEC("kprobe/__x64_sys_close") int kprobe_sys_close(struct pt_regs *regs) { return descriptor_closing(0); }

SEC("tracepoint/syscalls/sys_exit_dup") int tp_exit_dup(struct syscall_exit *call) { return duplicated(call->result); }
SEC("tracepoint/syscalls/sys_exit_dup2") int tp_exit_dup2(struct syscall_exit *call)
{
	return duplicated(call->result);
}
SEC("tracepoint/syscalls/sys_exit_dup3") int tp_exit_dup3(struct syscall_exit *call)
{
	return duplicated(call->result);
}
SEC("tracepoint/syscalls/sys_enter_close") int tp_enter_close(struct syscall_enter *call)
{
	return descriptor_closing(1);
}

SEC("tracepoint/syscalls/sys_exit_fcntl") int tp_exit_fcntl(struct syscall_exit *call)
{
	if (call->result < 0 || !is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	u32 command = READ(registers, si);
	return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? duplicated(call->result) : 0;
}
