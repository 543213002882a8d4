/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_SOCKET_FIELDS_H
#define POOLSCOPE_SOCKET_FIELDS_H
/* The fields of the records of socket_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_socket_open_fields[] = {
	HEADER(ps_socket_open),
	FIELD(ps_socket_open, socket_inode),
	FIELD(ps_socket_open, socket_key),
	SIGNED(ps_socket_open, descriptor),
	SIGNED(ps_socket_open, stack_id),
	FIELD(ps_socket_open, family),
	FIELD(ps_socket_open, type),
	FIELD(ps_socket_open, protocol),
	FIELD(ps_socket_open, reserved),
	SIGNED(ps_socket_open, result),
	FIELD(ps_socket_open, reserved2),
};

static const struct ps_field ps_socket_connect_fields[] = {
	HEADER(ps_socket_connect),
	FIELD(ps_socket_connect, socket_inode),
	FIELD(ps_socket_connect, socket_key),
	FIELD(ps_socket_connect, duration_ns),
	ARRAY(ps_socket_connect, local_address),
	ARRAY(ps_socket_connect, remote_address),
	FIELD(ps_socket_connect, local_port),
	FIELD(ps_socket_connect, remote_port),
	FIELD(ps_socket_connect, family),
	FIELD(ps_socket_connect, protocol),
	SIGNED(ps_socket_connect, result),
	SIGNED(ps_socket_connect, descriptor),
	SIGNED(ps_socket_connect, stack_id),
	FIELD(ps_socket_connect, reserved),
};

static const struct ps_field ps_socket_accept_fields[] = {
	HEADER(ps_socket_accept),
	FIELD(ps_socket_accept, socket_inode),
	FIELD(ps_socket_accept, socket_key),
	FIELD(ps_socket_accept, duration_ns),
	ARRAY(ps_socket_accept, local_address),
	ARRAY(ps_socket_accept, remote_address),
	FIELD(ps_socket_accept, local_port),
	FIELD(ps_socket_accept, remote_port),
	FIELD(ps_socket_accept, family),
	FIELD(ps_socket_accept, protocol),
	SIGNED(ps_socket_accept, result),
	SIGNED(ps_socket_accept, listener_descriptor),
};

static const struct ps_field ps_socket_state_fields[] = {
	HEADER(ps_socket_state),
	FIELD(ps_socket_state, socket_inode),
	FIELD(ps_socket_state, socket_key),
	ARRAY(ps_socket_state, local_address),
	ARRAY(ps_socket_state, remote_address),
	FIELD(ps_socket_state, local_port),
	FIELD(ps_socket_state, remote_port),
	FIELD(ps_socket_state, family),
	FIELD(ps_socket_state, protocol),
	FIELD(ps_socket_state, old_state),
	FIELD(ps_socket_state, new_state),
	SIGNED(ps_socket_state, socket_error),
};

static const struct ps_field ps_socket_io_fields[] = {
	HEADER(ps_socket_io),
	FIELD(ps_socket_io, socket_inode),
	FIELD(ps_socket_io, duration_ns),
	SIGNED(ps_socket_io, result),
	FIELD(ps_socket_io, queued_bytes),
	FIELD(ps_socket_io, family),
	FIELD(ps_socket_io, operation),
	FIELD(ps_socket_io, flags),
	FIELD(ps_socket_io, protocol),
	FIELD(ps_socket_io, arrival_age_ms),
};

static const struct ps_field ps_socket_close_fields[] = {
	HEADER(ps_socket_close),
	FIELD(ps_socket_close, socket_inode),
	FIELD(ps_socket_close, socket_key),
	FIELD(ps_socket_close, unread_bytes),
	SIGNED(ps_socket_close, socket_error),
	FIELD(ps_socket_close, family),
	FIELD(ps_socket_close, protocol),
	FIELD(ps_socket_close, state),
	FIELD(ps_socket_close, reserved),
};

static const struct ps_field ps_descriptor_open_fields[] = {
	HEADER(ps_descriptor_open),
	FIELD(ps_descriptor_open, socket_inode),
	SIGNED(ps_descriptor_open, descriptor),
	SIGNED(ps_descriptor_open, old_descriptor),
	FIELD(ps_descriptor_open, cause),
	ARRAY(ps_descriptor_open, reserved),
};

static const struct ps_field ps_descriptor_close_fields[] = {
	HEADER(ps_descriptor_close),
	FIELD(ps_descriptor_close, socket_inode),
	SIGNED(ps_descriptor_close, descriptor),
	FIELD(ps_descriptor_close, reserved),
};

static const struct ps_field ps_unix_address_fields[] = {
	HEADER(ps_unix_address),
	FIELD(ps_unix_address, socket_inode),
	FIELD(ps_unix_address, path_length),
	FIELD(ps_unix_address, is_remote),
	FIELD(ps_unix_address, reserved),
	ARRAY(ps_unix_address, path),
};

static const struct ps_field ps_socket_retransmit_fields[] = {
	HEADER(ps_socket_retransmit),
	FIELD(ps_socket_retransmit, socket_inode),
	FIELD(ps_socket_retransmit, socket_key),
	ARRAY(ps_socket_retransmit, local_address),
	ARRAY(ps_socket_retransmit, remote_address),
	FIELD(ps_socket_retransmit, local_port),
	FIELD(ps_socket_retransmit, remote_port),
	FIELD(ps_socket_retransmit, family),
	FIELD(ps_socket_retransmit, state),
	FIELD(ps_socket_retransmit, timeout_us),
	FIELD(ps_socket_retransmit, unacknowledged_bytes),
	FIELD(ps_socket_retransmit, total_retransmits),
	FIELD(ps_socket_retransmit, round_trip_us),
	FIELD(ps_socket_retransmit, timeouts),
	FIELD(ps_socket_retransmit, backoff),
	FIELD(ps_socket_retransmit, reserved),
	SIGNED(ps_socket_retransmit, result),
};

static const struct ps_field ps_socket_reset_fields[] = {
	HEADER(ps_socket_reset),
	FIELD(ps_socket_reset, socket_inode),
	FIELD(ps_socket_reset, socket_key),
	ARRAY(ps_socket_reset, local_address),
	ARRAY(ps_socket_reset, remote_address),
	FIELD(ps_socket_reset, local_port),
	FIELD(ps_socket_reset, remote_port),
	FIELD(ps_socket_reset, family),
	FIELD(ps_socket_reset, state),
	FIELD(ps_socket_reset, direction),
	FIELD(ps_socket_reset, is_answer),
	SIGNED(ps_socket_reset, socket_error),
};

static const struct ps_field ps_datagram_drop_fields[] = {
	HEADER(ps_datagram_drop),
	FIELD(ps_datagram_drop, socket_inode),
	FIELD(ps_datagram_drop, socket_key),
	ARRAY(ps_datagram_drop, local_address),
	FIELD(ps_datagram_drop, local_port),
	FIELD(ps_datagram_drop, family),
	SIGNED(ps_datagram_drop, result),
	FIELD(ps_datagram_drop, queued_bytes),
	FIELD(ps_datagram_drop, buffer_bytes),
	FIELD(ps_datagram_drop, total_drops),
	FIELD(ps_datagram_drop, reserved),
};

#endif
