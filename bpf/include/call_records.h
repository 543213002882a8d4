/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_CALL_RECORDS_H
#define POOLSCOPE_CALL_RECORDS_H
/* System calls that ask something of a socket that is there, from BPF programs. Part of trace_records.h. */
#include "record_header.h"

/* listen(2) returned. */
struct ps_socket_listen {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 family;
	__u16 protocol;
	__u16 reserved;
	__s32 backlog; /* as asked for: the kernel cuts it to net.core.somaxconn */
	__s32 result;  /* 0 or -errno */
	__s32 descriptor;
	__s32 stack_id;
};

/*
 * bind(2) returned. Where it succeeded, address and port are the socket's: with a port of 0 the one that the kernel chose.
 * Where it failed, family, address and port are those that were asked for, as with -98 (EADDRINUSE). Unix sockets have none.
 */
struct ps_socket_bind {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 family;
	__u16 protocol;
	__u16 reserved;
	__s32 result; /* 0 or -errno */
	__s32 descriptor;
};

/* shutdown(2) returned. */
struct ps_socket_shutdown {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u16 family;
	__u16 protocol;
	__u32 how;    /* SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2 */
	__s32 result; /* 0 or -errno: -107 (ENOTCONN) where the connection was gone */
	__s32 descriptor;
};

/*
 * setsockopt(2) returned: of SO_KEEPALIVE, SO_SNDBUF, SO_RCVBUF (and ...FORCE), SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO,
 * TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT. An accepted socket has those of its listener.
 */
struct ps_socket_option {
	struct ps_header header;
	__u64 socket_inode;
	/* As asked for. SO_LINGER: seconds, -1 when off. SO_RCVTIMEO, SO_SNDTIMEO: nanoseconds, 0 for no limit. Others: the int. */
	__s64 value;
	__s32 level;  /* SOL_SOCKET 1, IPPROTO_TCP 6 */
	__u32 name;   /* as in asm-generic/socket.h and linux/tcp.h */
	__s32 result; /* 0 or -errno */
	__s32 descriptor;
	__u32 is_value_known; /* 0: it could not be read from the caller's memory */
	__u32 reserved;
};

_Static_assert(sizeof(struct ps_socket_listen) == 88, "ps_socket_listen");
_Static_assert(sizeof(struct ps_socket_bind) == 80, "ps_socket_bind");
_Static_assert(sizeof(struct ps_socket_shutdown) == 64, "ps_socket_shutdown");
_Static_assert(sizeof(struct ps_socket_option) == 72, "ps_socket_option");

#endif
