/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_SYSTEM_CALLS_H
#define POOLSCOPE_SYSTEM_CALLS_H
/* System calls that libc offers only through the variadic syscall(2), which Swift cannot call. Each returns -errno. */
#include "ring_buffer.h"

#include <errno.h>
#include <linux/falloc.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

/* bpf(2) with an attribute block laid out by the caller: for commands newer than the installed headers. */
static inline int ps_bpf(int command, void *attributes, unsigned int size)
{
	long result = syscall(SYS_bpf, command, attributes, size);
	return result < 0 ? -errno : (int)result;
}

static inline int ps_perf_event_open(struct perf_event_attr *attributes, int process, int cpu)
{
	long result = syscall(SYS_perf_event_open, attributes, process, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return result < 0 ? -errno : (int)result;
}

/*
 * A file system mounted nowhere: only its descriptor leads to it, and nothing changes for the host. Linux 5.2:
 * fsopen(2), fsconfig(2) with FSCONFIG_CMD_CREATE, fsmount(2).
 */
static inline int ps_mount_detached(const char *type)
{
	long context = syscall(430, type, 1 /* FSOPEN_CLOEXEC */);
	if (context < 0)
		return -errno;
	long mount = syscall(431, (int)context, 6, 0, 0, 0);
	if (mount == 0)
		mount = syscall(432, (int)context, 1 /* FSMOUNT_CLOEXEC */, 0);
	int error = errno;
	close((int)context);
	return mount < 0 ? -error : (int)mount;
}

/* Linux 5.3. The descriptor becomes readable when the process ends. */
static inline int ps_pidfd_open(int process)
{
	long result = syscall(434, process, 0);
	return result < 0 ? -errno : (int)result;
}

/* fallocate(2): glibc declares it under _GNU_SOURCE only. mode: FALLOC_FL_* of linux/falloc.h. */
static inline int ps_fallocate(int descriptor, int mode, long offset, long length)
{
	long result = syscall(SYS_fallocate, descriptor, mode, offset, length);
	return result < 0 ? -errno : 0;
}

/* Processors that the calling thread may use: sched_getaffinity(2), which writes as much as the kernel has of its mask. */
static inline int ps_allowed_processors(void)
{
	unsigned long mask[1024] = { 0 };
	long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
	if (bytes < 0)
		return -errno;
	int count = 0;
	for (unsigned int word = 0; word < sizeof(mask) / sizeof(*mask); word++)
		count += __builtin_popcountl(mask[word]);
	return count;
}

/* capset(2) of the calling thread: these stay, effective and permitted; none is inheritable. Sets beyond 64 capabilities do
 * not exist. */
int ps_keep_capabilities(unsigned long long capabilities);

/* signalfd(2) of the signals that end a recording, which the calling thread no longer handles otherwise. */
int ps_stop_signals(void);

/* Gives freed memory back to the kernel (malloc_trim(3), which the Glibc module leaves out). */
static inline void ps_trim_heap(void) { malloc_trim(0); }

#endif
