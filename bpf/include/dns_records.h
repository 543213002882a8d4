/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_DNS_RECORDS_H
#define POOLSCOPE_DNS_RECORDS_H
/* What the target asks name servers, by wire. Part of trace_records.h. */
#include "record_header.h"

#define PS_DNS_MESSAGE_SIZE 320

/*
 * A message to or from a name server (port 53), with the socket_io record of its send or receive: the beginning of its
 * bytes as they were in the caller's memory (RFC 1035, section 4). On TCP the two bytes of its length may come first.
 */
struct ps_dns_message {
	struct ps_header header;
	__u64 socket_inode;
	__u8 remote_address
		[PS_ADDRESS_SIZE]; /* zero, like the port: not known, of a receive on an unconnected socket */
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__u8 operation; /* enum ps_io_operation */
	__u8 reserved;
	__u32 message_length;  /* bytes sent or received */
	__u32 captured_length; /* of them in `message`; 0: the caller's memory could not be read */
	__u8 message[PS_DNS_MESSAGE_SIZE];
};

_Static_assert(sizeof(struct ps_dns_message) == 392, "ps_dns_message");

#endif
