/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_TARGET_BPF_H
#define POOLSCOPE_TARGET_BPF_H
/* Is the current task a thread of the target, and which goroutine runs on it? */
#include "kernel_types.h"

char _license[] SEC("license") = "Dual BSD/GPL"; /* the helpers that read user and kernel memory are GPL-only */

/* A process as the recorder's pid namespace numbers it, in `number`; zero: it is not in there. */
static __always_inline void read_process_number(struct task_struct *task, struct upid *number)
{
	struct task_struct *leader = READ_POINTER(task, group_leader);
	struct pid *pid = READ_POINTER(leader, thread_pid);
	u32 level = config.pid_namespace_level;
	if (READ(pid, level) < level)
		return;
	u64 offset = bpf_core_field_offset(struct pid, numbers) + (u64)level * bpf_core_type_size(struct upid);
	bpf_core_read(number, sizeof(*number), (void *)pid + offset);
}

static __always_inline u32 process_id_of(struct task_struct *task)
{
	struct upid number = {};
	read_process_number(task, &number);
	return number.nr;
}

/*
 * The initial namespace's ids come with one helper call. In a nested one, the number of the thread group at the
 * recorder's level is compared, which also holds for targets in namespaces below the recorder's own.
 */
static __always_inline int is_target(void)
{
	if (!config.pid_namespace_inode)
		return bpf_get_current_pid_tgid() >> 32 == config.target_process_id;

	struct task_struct *task = (void *)bpf_get_current_task();
	struct upid number = {};
	read_process_number(task, &number);
	return number.nr == (s32)config.target_process_id && READ(number.ns, ns.inum) == config.pid_namespace_inode;
}

static __always_inline u64 read_user_word(u64 address)
{
	u64 word = 0;
	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

#define FLAG_CARRY 0x01
#define FLAG_ZERO 0x40

/* At the `jbe` of a stack check: the call goes to morestack, and comes by once more. */
static __always_inline int is_stack_growth(struct pt_regs *registers, u32 flags)
{
	return flags & PS_POINT_SKIP_STACK_GROWTH && registers->flags & (FLAG_CARRY | FLAG_ZERO);
}

/*
 * Address of Go's g of the goroutine that runs with these registers; 0: none.
 * R14 holds g in Go code (internal ABI, Go >= 1.17); C code called from Go leaves it in thread-local storage. On the
 * scheduler's stack (g0 and gsignal have goid 0) the goroutine is m.curg.
 */
static __always_inline u64 goroutine_address(u64 r14, u64 instruction)
{
	u64 g = r14;
	if (!config.go_text_end)
		return 0;
	if (instruction < config.go_text_start || instruction >= config.go_text_end) {
		struct task_struct *task = (void *)bpf_get_current_task();
		if (!config.go_tls_offset)
			return 0;
		g = read_user_word(READ(task, thread.fsbase) + config.go_tls_offset);
	}
	if (g && !read_user_word(g + config.g_goid_offset))
		g = read_user_word(read_user_word(g + config.g_m_offset) + config.m_curg_offset);
	return g;
}

static __always_inline u64 goroutine_id(u64 g) { return g ? read_user_word(g + config.g_goid_offset) : 0; }

/* In a kernel function or tracepoint: the goroutine whose system call this is. */
static __always_inline u64 calling_goroutine_id(void)
{
	if (!config.go_text_end)
		return 0;
	struct pt_regs *registers = ps_user_registers();
	return goroutine_id(goroutine_address(READ(registers, r14), READ(registers, ip)));
}

#endif
