/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_CALL_FIELDS_H
#define POOLSCOPE_CALL_FIELDS_H
/* The fields of the records of call_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_socket_listen_fields[] = {
	HEADER(ps_socket_listen),
	FIELD(ps_socket_listen, socket_inode),
	FIELD(ps_socket_listen, socket_key),
	ARRAY(ps_socket_listen, local_address),
	FIELD(ps_socket_listen, local_port),
	FIELD(ps_socket_listen, family),
	FIELD(ps_socket_listen, protocol),
	FIELD(ps_socket_listen, reserved),
	SIGNED(ps_socket_listen, backlog),
	SIGNED(ps_socket_listen, result),
	SIGNED(ps_socket_listen, descriptor),
	SIGNED(ps_socket_listen, stack_id),
};

static const struct ps_field ps_socket_bind_fields[] = {
	HEADER(ps_socket_bind),
	FIELD(ps_socket_bind, socket_inode),
	FIELD(ps_socket_bind, socket_key),
	ARRAY(ps_socket_bind, local_address),
	FIELD(ps_socket_bind, local_port),
	FIELD(ps_socket_bind, family),
	FIELD(ps_socket_bind, protocol),
	FIELD(ps_socket_bind, reserved),
	SIGNED(ps_socket_bind, result),
	SIGNED(ps_socket_bind, descriptor),
};

static const struct ps_field ps_socket_shutdown_fields[] = {
	HEADER(ps_socket_shutdown),
	FIELD(ps_socket_shutdown, socket_inode),
	FIELD(ps_socket_shutdown, socket_key),
	FIELD(ps_socket_shutdown, family),
	FIELD(ps_socket_shutdown, protocol),
	FIELD(ps_socket_shutdown, how),
	SIGNED(ps_socket_shutdown, result),
	SIGNED(ps_socket_shutdown, descriptor),
};

static const struct ps_field ps_socket_option_fields[] = {
	HEADER(ps_socket_option),
	FIELD(ps_socket_option, socket_inode),
	SIGNED(ps_socket_option, value),
	SIGNED(ps_socket_option, level),
	FIELD(ps_socket_option, name),
	SIGNED(ps_socket_option, result),
	SIGNED(ps_socket_option, descriptor),
	FIELD(ps_socket_option, is_value_known),
	FIELD(ps_socket_option, reserved),
};

#endif
