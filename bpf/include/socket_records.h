/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_SOCKET_RECORDS_H
#define POOLSCOPE_SOCKET_RECORDS_H
/* The life of a socket, from BPF programs. Part of trace_records.h. What else was asked of it: call_records.h. */
#include "record_header.h"

/*
 * socket(2), socketpair(2) returned: a socket came into being and got a descriptor. On failure (result < 0), one record for
 * a pair too: descriptor -1, no socket, and family, type and protocol as asked for.
 */
struct ps_socket_open {
	struct ps_header header;
	__u64 socket_inode; /* sockfs inode number: the identity of a socket in a trace */
	__u64 socket_key;   /* scrambled struct sock address: joins events that have no inode */
	__s32 descriptor;
	__s32 stack_id; /* user stack of the caller; negative: none */
	__u16 family;	/* AF_INET 2, AF_INET6 10, AF_UNIX 1 */
	__u16 type;	/* SOCK_STREAM 1, SOCK_DGRAM 2, ... */
	__u16 protocol; /* IPPROTO_TCP 6, IPPROTO_UDP 17, 0 for AF_UNIX */
	__u16 reserved;
	__s32 result; /* 0 or -errno. -24 (EMFILE): the process has no descriptor left; -23 (ENFILE): the host */
	__u32 reserved2;
};

/* connect(2) returned. A non-blocking connect returns -EINPROGRESS and ends by a socket_state record. */
struct ps_socket_connect {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u64 duration_ns;		     /* from entry to return; 0: not known */
	__u8 local_address[PS_ADDRESS_SIZE]; /* network order; IPv4 in the first 4 bytes, the rest zero */
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__s32 result; /* 0 or -errno */
	__s32 descriptor;
	__s32 stack_id;
	__u32 reserved;
};

/* accept(2) returned. On failure (result < 0) the socket fields are zero. */
struct ps_socket_accept {
	struct ps_header header;
	__u64 socket_inode; /* of the new socket */
	__u64 socket_key;
	__u64 duration_ns; /* from entry to return; 0: not known */
	__u8 local_address[PS_ADDRESS_SIZE];
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__s32 result; /* the new descriptor, or -errno */
	__s32 listener_descriptor;
};

/* A TCP socket changed its state (tracepoint sock:inet_sock_set_state). */
struct ps_socket_state {
	struct ps_header header;
	__u64 socket_inode; /* 0: not (or no longer) held by a descriptor */
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__u16 old_state; /* TCP_ESTABLISHED 1 ... as in include/net/tcp_states.h */
	__u16 new_state;
	__s32 socket_error; /* sk_err: positive errno pending on the socket */
};

enum __attribute__((enum_extensibility(open))) ps_io_operation : __u8 {
	ps_io_operation_receive = 1,
	ps_io_operation_send = 2,
};

#define PS_IO_PEEK 1u		  /* MSG_PEEK: the data stays in the queue */
#define PS_IO_DURATION_UNKNOWN 2u /* the hook sees the return only */
/*
 * The datagram was larger than the caller's buffer: its rest is lost, unless PS_IO_PEEK is set, too. A caller that passes
 * MSG_TRUNC has the whole length as `result`. Not known where PS_IO_DURATION_UNKNOWN is set, nor of TCP and Unix streams.
 */
#define PS_IO_TRUNCATED 4u

/* One receive or send call returned. */
struct ps_socket_io {
	struct ps_header header;
	__u64 socket_inode;
	__u64 duration_ns; /* from entry to return; 0 with PS_IO_DURATION_UNKNOWN */
	__s32 result;	   /* bytes, or -errno (-11: would block) */
	/*
	 * TCP: still unread (receive), or unacknowledged and unsent (send). UDP, receive: what waits, with the kernel's
	 * overhead (sk_rmem_alloc). Else 0.
	 */
	__u32 queued_bytes;
	__u16 family;
	__u8 operation; /* enum ps_io_operation */
	__u8 flags;	/* PS_IO_* */
	__u16 protocol;
	/*
	 * TCP, a receive of data: the latest data of the connection arrived at least so long ago, to the clock tick
	 * (icsk_ack.lrcvtime); the data read waited no less. Else 0. Never more than 65535.
	 */
	__u16 arrival_age_ms;
};

/* The last reference to the socket's file is gone: the socket is closed by this side. */
struct ps_socket_close {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u32 unread_bytes; /* TCP receive queue: non-zero makes the kernel send RST */
	__s32 socket_error; /* sk_err */
	__u16 family;
	__u16 protocol;
	__u16 state; /* TCP state at close */
	__u16 reserved;
};

enum __attribute__((enum_extensibility(open))) ps_descriptor_cause : __u16 {
	ps_descriptor_cause_socket = 1,
	ps_descriptor_cause_accept = 2,
	ps_descriptor_cause_duplicate = 3, /* dup, dup2, dup3, fcntl(F_DUPFD) */
	ps_descriptor_cause_other = 4,	   /* passed over a Unix socket, pidfd_getfd, ... */
};

/* A descriptor number now refers to a socket. Replaces what the number referred to before. */
struct ps_descriptor_open {
	struct ps_header header;
	__u64 socket_inode;
	__s32 descriptor;
	__s32 old_descriptor; /* the descriptor that was duplicated; -1: none */
	__u16 cause;	      /* enum ps_descriptor_cause */
	__u16 reserved[3];
};

/* close(2) on a descriptor that refers to a socket. The socket lives on while other descriptors refer to it. */
struct ps_descriptor_close {
	struct ps_header header;
	__u64 socket_inode;
	__s32 descriptor;
	__u32 reserved;
};

/* The path of a Unix socket: its own, or the one it connected to. */
struct ps_unix_address {
	struct ps_header header;
	__u64 socket_inode;
	__u16 path_length; /* bytes; an abstract name starts with a zero byte */
	__u16 is_remote;   /* 1: the peer's path */
	__u32 reserved;
	__u8 path[PS_UNIX_PATH_SIZE];
};

/*
 * The kernel sent a segment of a TCP socket again (tracepoint tcp:tcp_retransmit_skb), by a timer or on duplicate
 * acknowledgements. In state SYN_SENT (2) it is a connect that nobody answers.
 */
struct ps_socket_retransmit {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 state;
	__u32 timeout_us; /* the retransmission timeout (icsk_rto), of the clock tick's resolution; 0: not known */
	__u32 unacknowledged_bytes; /* written and not acknowledged, sent or not */
	__u32 total_retransmits;    /* segments of this socket so far, this one included (tcpi_total_retrans) */
	__u32 round_trip_us;	    /* smoothed; 0: not yet measured */
	__u8 timeouts;		    /* timer expiries since the last acknowledgement (icsk_retransmits) */
	__u8 backoff;		    /* doublings of the timeout (icsk_backoff) */
	__u16 reserved;
	__s32 result; /* 0, or -errno: the segment could not be sent (from 6.17 on, else only sent ones are told) */
};

enum __attribute__((enum_extensibility(open))) ps_reset_direction : __u16 {
	ps_reset_direction_sent = 1,
	ps_reset_direction_received = 2,
};

/*
 * A TCP connection was reset: this side sent RST, or received one that is in window. When data comes after a close, in
 * FIN_WAIT2 (5), the kernel reports a RST received although none has come (tcp_rcv_state_process calls tcp_reset); the
 * record of the answer that it sends, with is_answer, follows at once and tells that case apart.
 */
struct ps_socket_reset {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 state;	    /* TCP state; of a close that resets: CLOSE (7) already */
	__u16 direction;    /* enum ps_reset_direction */
	__u16 is_answer;    /* 1: sent in answer to a segment of the peer; 0: by this side's own act or timer */
	__s32 socket_error; /* sk_err */
};

/* The kernel dropped a datagram that had arrived for a UDP socket (tracepoint udp:udp_fail_queue_rcv_skb). */
struct ps_datagram_drop {
	struct ps_header header;
	__u64 socket_inode;
	__u64 socket_key;
	__u8 local_address[PS_ADDRESS_SIZE];
	__u16 local_port;
	__u16 family;
	__s32 result;	    /* -ENOMEM: the receive buffer is full; -ENOBUFS: the host's UDP memory is (udp_mem) */
	__u32 queued_bytes; /* in the receive buffer, with the kernel's overhead (sk_rmem_alloc) */
	__u32 buffer_bytes; /* SO_RCVBUF as the kernel counts it: twice what was asked for */
	__u32 total_drops;  /* of this socket so far, this one included (sk_drops) */
	__u32 reserved;
};

_Static_assert(sizeof(struct ps_socket_open) == 72, "ps_socket_open");
_Static_assert(sizeof(struct ps_socket_connect) == 112, "ps_socket_connect");
_Static_assert(sizeof(struct ps_socket_accept) == 104, "ps_socket_accept");
_Static_assert(sizeof(struct ps_socket_state) == 96, "ps_socket_state");
_Static_assert(sizeof(struct ps_socket_io) == 64, "ps_socket_io");
_Static_assert(sizeof(struct ps_socket_close) == 64, "ps_socket_close");
_Static_assert(sizeof(struct ps_descriptor_open) == 56, "ps_descriptor_open");
_Static_assert(sizeof(struct ps_descriptor_close) == 48, "ps_descriptor_close");
_Static_assert(sizeof(struct ps_unix_address) == 160, "ps_unix_address");
_Static_assert(sizeof(struct ps_socket_retransmit) == 112, "ps_socket_retransmit");
_Static_assert(sizeof(struct ps_socket_reset) == 96, "ps_socket_reset");
_Static_assert(sizeof(struct ps_datagram_drop) == 88, "ps_datagram_drop");

#endif
