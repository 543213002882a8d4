/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_PEER_FIELDS_H
#define POOLSCOPE_PEER_FIELDS_H
/* The fields of the records of peer_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_datagram_peer_fields[] = {
	HEADER(ps_datagram_peer),
	FIELD(ps_datagram_peer, socket_inode),
	ARRAY(ps_datagram_peer, remote_address),
	FIELD(ps_datagram_peer, remote_port),
	FIELD(ps_datagram_peer, family),
	FIELD(ps_datagram_peer, operation),
	ARRAY(ps_datagram_peer, reserved),
};

#endif
