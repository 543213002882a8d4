/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The last reference to a socket of the target goes: socket_close.
 *
 *   fentry     sock_close(struct inode *inode, struct file *file): also at exit, exec, and when another process was last
 *   kprobe     the same
 *   tracepoint syscalls:sys_enter_close on the only descriptor (descriptor.bpf.c calls socket_closing)
 */
#include "sockets/socket_close.bpf.h"

static __always_inline int file_closing(struct file *file)
{
	struct sock *sk = file_socket(file);
	u64 inode = sk ? socket_inode(sk) : 0;
	if (!inode || !(is_target() || bpf_map_lookup_elem(&owned_inodes, &inode)))
		return 0;
	return socket_closing(sk, inode, calling_goroutine_id(), 0);
}

SEC("fentry/sock_close") int fentry_sock_close(u64 *arguments) { return file_closing((struct file *)arguments[1]); }

SEC("kprobe/sock_close") int kprobe_sock_close(struct pt_regs *registers)
{
	return file_closing((struct file *)PT_REGS_PARM2(registers));
}
