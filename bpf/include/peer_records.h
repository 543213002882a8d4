/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_PEER_RECORDS_H
#define POOLSCOPE_PEER_RECORDS_H
/* The peers of UDP sockets that are not connected. Part of trace_records.h. */
#include "record_header.h"

/*
 * From here on this socket's datagrams go to, or come from, this peer: told when it is another one than before, ahead of the
 * socket_io record. Of receives only where the caller asks for the sender, and not with the tracepoint mechanism, which does not see
 * it; not of sockets whose calls are summed up.
 */
struct ps_datagram_peer {
	struct ps_header header;
	__u64 socket_inode;
	__u8 remote_address[PS_ADDRESS_SIZE];
	__u16 remote_port;
	__u16 family;
	__u8 operation; /* enum ps_io_operation */
	__u8 reserved[3];
};

_Static_assert(sizeof(struct ps_datagram_peer) == 64, "ps_datagram_peer");

#endif
