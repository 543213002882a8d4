/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_BPF_H
#define POOLSCOPE_SOCKET_BPF_H
/* From a descriptor or struct sock to what records say about a socket. */
#include "emit.bpf.h"

#define TCP_CLOSE 7

/*
 * Sockets that a descriptor of the target refers to, by inode: filled here at socket and accept, and by the census
 * for those that were there before. It is what attributes events in softirq, where the current task is a stranger.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, u64);
	__type(value, u64);
} owned_inodes SEC(".maps");

struct ended_socket {
	u64 inode;
	u64 ports;
};

/*
 * Sockets of the target on their way down: struct sock -> what it was, as a closed socket no longer has its inode. Where
 * an entry outlives its socket, as when a RST comes while it is made, the memory may be anybody's: see closing_inode.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct ended_socket);
} closing_sockets SEC(".maps");

static __always_inline u64 ports_of(struct sock *sk)
{
	return (u64)READ((struct inet_sock *)sk, inet_sport) << 16 | READ(sk, __sk_common.skc_dport);
}

/* The inode that a socket on its way down had; 0: it is not the target's. */
static __always_inline u64 closing_inode(struct sock *sk)
{
	u64 key = (u64)sk;
	struct ended_socket *closing = bpf_map_lookup_elem(&closing_sockets, &key);
	if (!closing)
		return 0;
	if (closing->ports == ports_of(sk))
		return closing->inode;
	bpf_map_delete_elem(&closing_sockets, &key);
	return 0;
}

static __always_inline u64 socket_key(struct sock *sk) { return (u64)sk * config.key_multiplier; }

static __always_inline u64 socket_inode(struct sock *sk)
{
	struct socket_alloc *alloc = (void *)READ_POINTER(sk, sk_socket); /* struct socket is its first member */
	return alloc ? READ(alloc, vfs_inode.i_ino) : 0;
}

#define SOCK_OF(pointer) READ_POINTER((struct socket *)(pointer), sk)

static __always_inline u16 socket_family(struct sock *sk) { return READ(sk, __sk_common.skc_family); }

static __always_inline int is_recorded_family(u16 family)
{
	return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

static __always_inline void own_socket(u64 inode, u32 kind)
{
	u64 one = 1;
	if (inode && bpf_map_update_elem(&owned_inodes, &inode, &one, BPF_ANY))
		count_map_full(kind);
}

static __always_inline struct sock *file_socket(struct file *file)
{
	if (!file)
		return NULL;
	struct inode *inode = READ_POINTER(file, f_inode);
	if ((READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	struct socket *socket = READ_POINTER(file, private_data);
	return socket ? READ_POINTER(socket, sk) : NULL;
}

static __always_inline struct file *descriptor_file(s32 descriptor)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct files_struct *open_files = READ_POINTER(task, files);
	struct fdtable *table = READ_POINTER(open_files, fdt);
	if (descriptor < 0 || (u32)descriptor >= READ(table, max_fds))
		return NULL;
	struct file **files = READ_POINTER(table, fd);
	return (struct file *)read_word(files + descriptor);
}

/* The socket that a descriptor of the current task refers to; NULL: none. */
static __always_inline struct sock *descriptor_socket(s32 descriptor)
{
	return file_socket(descriptor_file(descriptor));
}

/* Addresses and ports of a socket; Unix sockets have none. `family` must be the socket's. */
static __always_inline void read_local(struct sock *sk, u16 family, u8 *address, u16 *port)
{
	if (family == AF_INET)
		*(u32 *)address = READ(sk, __sk_common.skc_rcv_saddr);
	else if (family == AF_INET6)
		BPF_CORE_READ_INTO((struct in6_addr *)address, sk, __sk_common.skc_v6_rcv_saddr);
	if (family != AF_UNIX)
		*port = READ(sk, __sk_common.skc_num);
}

static __always_inline void read_remote(struct sock *sk, u16 family, u8 *address, u16 *port)
{
	if (family == AF_INET)
		*(u32 *)address = READ(sk, __sk_common.skc_daddr);
	else if (family == AF_INET6)
		BPF_CORE_READ_INTO((struct in6_addr *)address, sk, __sk_common.skc_v6_daddr);
	if (family != AF_UNIX)
		*port = __builtin_bswap16(READ(sk, __sk_common.skc_dport));
}

/* TCP only: bytes that wait to be read. */
static __always_inline u32 unread_bytes(struct sock *sk)
{
	struct tcp_sock *tcp = (void *)sk;
	return READ(tcp, rcv_nxt) - READ(tcp, copied_seq);
}

/* TCP only: bytes that are written and not acknowledged. */
static __always_inline u32 unacknowledged_bytes(struct sock *sk)
{
	struct tcp_sock *tcp = (void *)sk;
	return READ(tcp, write_seq) - READ(tcp, snd_una);
}

#endif
