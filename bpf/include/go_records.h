/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_GO_RECORDS_H
#define POOLSCOPE_GO_RECORDS_H
/* What Go's own library does on the way to a connection, from probes in the target. Part of trace_records.h. */
#include "record_header.h"

#define PS_HOST_NAME_SIZE 104

/*
 * net.(*Resolver).lookupIPAddr returned: every look-up of a host's addresses passes through it, and every dial, also of
 * an address written in numbers, which it hands back at once.
 */
struct ps_name_lookup {
	struct ps_header header;
	__u64 duration_ns;   /* from entry to return */
	__u64 error_type;    /* first word of the returned error: its interface table (abi.ITab); 0: no error */
	__u32 address_count; /* addresses found */
	__u16 name_length;   /* bytes of the whole name: a longer one is cut */
	__u16 reserved;
	__u8 name[PS_HOST_NAME_SIZE];
};

/* crypto/tls.(*Conn).clientHandshake returned. */
struct ps_tls_handshake {
	struct ps_header header;
	__u64 connection;   /* address of the tls.Conn */
	__u64 duration_ns;  /* from entry to return */
	__u64 error_type;   /* first word of the returned error: its interface table (abi.ITab); 0: no error */
	__u64 socket_inode; /* found by following pointers from the connection; 0: not found */
	__u64 unknown_type; /* run-time type address at which the pointer chain ended */
	__s32 descriptor;   /* descriptor at the end of the chain; -1: none */
	__u16 walk_status;  /* enum ps_walk_status */
	__u16 reserved;
};

#define PS_DEADLINE_READ 1u
#define PS_DEADLINE_WRITE 2u

/*
 * internal/poll.setDeadlineImpl was called for a socket: a deadline for its reads, its writes or both was set or cleared.
 * Only changes are told, and the first call for a socket: one deadline after the other is one record. The deadline itself
 * may be in the past: that ends the reads under way.
 */
struct ps_deadline {
	struct ps_header header;
	__u64 socket_inode;
	__s32 descriptor;
	__u16 mode;	  /* PS_DEADLINE_*: of what */
	__u16 is_cleared; /* 1: there is none from now on */
};

_Static_assert(sizeof(struct ps_name_lookup) == 160, "ps_name_lookup");
_Static_assert(sizeof(struct ps_tls_handshake) == 80, "ps_tls_handshake");
_Static_assert(sizeof(struct ps_deadline) == 48, "ps_deadline");

#endif
