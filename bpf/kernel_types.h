/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_KERNEL_TYPES_H
#define POOLSCOPE_KERNEL_TYPES_H
/*
 * The kernel contract: every kernel field that poolscope reads, and nothing else. All offsets are relocated at load
 * (CO-RE), so only names and types matter here. A field that moved between 5.10 and 7.x has one accessor below, with
 * the change that moved it.
 */
#include <linux/types.h>
#include <linux/bpf.h>

/* Makes PT_REGS_* of bpf_tracing.h use the kernel's register names, as in struct pt_regs below. */
#define __VMLINUX_H__ 1
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* arch/x86/include/asm/ptrace.h: user registers. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

struct thread_struct {
	unsigned long fsbase;
};

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic_long_t;

struct signal_struct {
	atomic_t live;
};

struct inode {
	unsigned short i_mode;
	unsigned long i_ino;
};

/* 6.13 replaced f_count by f_ref ("fs: port files to file_ref"). */
typedef struct {
	atomic_long_t refcnt;
} file_ref_t;

struct file {
	struct inode *f_inode;
	void *private_data;
	file_ref_t f_ref;
};

struct file___before_6_13 {
	atomic_long_t f_count;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	void *stack;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct files_struct *files;
	struct signal_struct *signal;
	struct thread_struct thread;
	int exit_code;
};

struct in6_addr {
	u8 bytes[16];
};

struct sock_common {
	u32 skc_daddr;
	u32 skc_rcv_saddr;
	u16 skc_dport; /* network order */
	u16 skc_num;   /* host order */
	u16 skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	u16 sk_type;
	u16 sk_protocol;
	int sk_err;
	int sk_rcvbuf;
	atomic_t sk_drops;
	struct {
		atomic_t rmem_alloc;
	} sk_backlog;
};

/* 6.18 counts the drops of UDP sockets apart from sk_drops ("net: add sk->sk_drop_counters"). */
struct numa_drop_counters {
	atomic_t drops0;
	atomic_t drops1;
};

struct sock___from_6_18 {
	struct numa_drop_counters *sk_drop_counters;
};

struct inet_sock {
	u16 inet_sport; /* network order; unlike skc_num it stays when the port is given back */
};

struct inet_connection_sock {
	u32 icsk_rto; /* jiffies */
	u8 icsk_retransmits;
	u8 icsk_backoff;
	struct {
		u32 lrcvtime; /* jiffies */
	} icsk_ack;
};

struct tcp_sock {
	u32 rcv_nxt;
	u32 copied_seq;
	u32 write_seq;
	u32 snd_una;
	u32 srtt_us; /* times 8 */
	u32 total_retrans;
};

struct linux_binprm {
	const char *filename;
};

struct msghdr {
	void *msg_name;		/* of a receive: where the sender's address goes, in the kernel */
	unsigned int msg_flags; /* at the return of a receive: MSG_TRUNC */
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

#pragma clang attribute pop

#include "kernel_read.bpf.h"

/* Records of the tracepoints syscalls:sys_enter_NAME and sys_exit_NAME (kernel/trace/trace.h): a stable format. */
struct syscall_enter {
	u64 common;
	s64 number;
	u64 arguments[6];
};

struct syscall_exit {
	u64 common;
	s64 number;
	s64 result;
};

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define SOCK_STREAM 1
#define SOCK_TYPE_MASK 0xf /* below SOCK_NONBLOCK and SOCK_CLOEXEC: include/linux/net.h */
#define MSG_PEEK 2
#define MSG_TRUNC 0x20
#define S_IFMT 0170000
#define S_IFSOCK 0140000

/* sk_protocol was a bit field of 8 bits until 5.6 ("inet: Use a u16 sk_protocol"); a plain u16 on all that we support. */
static __always_inline u16 ps_socket_protocol(struct sock *sk)
{
	u16 family = READ(sk, __sk_common.skc_family);
	return family == AF_UNIX ? 0 : READ(sk, sk_protocol);
}

/* Datagrams that the kernel dropped for want of room in the socket: sk_drops_read() in include/net/sock.h. */
static __always_inline u32 ps_socket_drops(struct sock *sk)
{
	struct sock___from_6_18 *newer = (void *)sk;
	if (bpf_core_field_exists(struct sock___from_6_18, sk_drop_counters)) {
		struct numa_drop_counters *apart = READ_POINTER(newer, sk_drop_counters);
		if (apart)
			return READ(apart, drops0.counter) + READ(apart, drops1.counter);
	}
	return READ(sk, sk_drops.counter);
}

/* References to an open file: 1 means that closing this descriptor closes the file. */
static __always_inline s64 ps_file_references(struct file *file)
{
	if (bpf_core_field_exists(struct file, f_ref))
		return READ(file, f_ref.refcnt.counter) + 1; /* counts from 0: include/linux/file_ref.h */
	struct file___before_6_13 *older = (void *)file;
	return READ(older, f_count.counter);
}

/*
 * The registers with which the current task entered the kernel. bpf_task_pt_regs came in 5.15 ("bpf: Add
 * bpf_task_pt_regs() helper"); before it they stand at the top of the kernel stack: task_pt_regs() in
 * arch/x86/include/asm/processor.h, with THREAD_SIZE of 16 KiB. (FRED moved them, but only from 6.9 on.)
 */
static __always_inline struct pt_regs *ps_user_registers(void)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (struct pt_regs *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
	struct task_struct *task = (void *)bpf_get_current_task();
	void *stack = READ_POINTER(task, stack);
	return (struct pt_regs *)(stack + 16384 - bpf_core_type_size(struct pt_regs));
}

#endif
