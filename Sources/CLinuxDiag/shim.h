// SPDX-License-Identifier: Apache-2.0
// The kernel's socket diagnosis interface (linux-libc-dev), and two calls of glibc that it declares under _GNU_SOURCE
// only, which Swift's Glibc module is built without.
#include <stddef.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

int setns(int descriptor, int namespace_type);
ssize_t getdents64(int descriptor, void *buffer, size_t size);
