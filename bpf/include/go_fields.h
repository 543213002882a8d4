/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_GO_FIELDS_H
#define POOLSCOPE_GO_FIELDS_H
/* The fields of the records of go_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_name_lookup_fields[] = {
	HEADER(ps_name_lookup),
	FIELD(ps_name_lookup, duration_ns),
	FIELD(ps_name_lookup, error_type),
	FIELD(ps_name_lookup, address_count),
	FIELD(ps_name_lookup, name_length),
	FIELD(ps_name_lookup, reserved),
	ARRAY(ps_name_lookup, name),
};

static const struct ps_field ps_tls_handshake_fields[] = {
	HEADER(ps_tls_handshake),
	FIELD(ps_tls_handshake, connection),
	FIELD(ps_tls_handshake, duration_ns),
	FIELD(ps_tls_handshake, error_type),
	FIELD(ps_tls_handshake, socket_inode),
	FIELD(ps_tls_handshake, unknown_type),
	SIGNED(ps_tls_handshake, descriptor),
	FIELD(ps_tls_handshake, walk_status),
	FIELD(ps_tls_handshake, reserved),
};

static const struct ps_field ps_deadline_fields[] = {
	HEADER(ps_deadline),
	FIELD(ps_deadline, socket_inode),
	SIGNED(ps_deadline, descriptor),
	FIELD(ps_deadline, mode),
	FIELD(ps_deadline, is_cleared),
};

#endif
