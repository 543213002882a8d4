/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of each record of trace_records.h by name: what the schema block of a trace says, so that a reader
 * of another version, or in another language, finds each field. A unit test checks that the fields listed here
 * cover every byte of every record exactly once.
 */
#include "trace_schema.h"

#include <stddef.h>

#define FIELD(record, field) \
	{ #field, offsetof(struct record, field), sizeof(((struct record *)0)->field), 1, 0 }
#define SIGNED(record, field) \
	{ #field, offsetof(struct record, field), sizeof(((struct record *)0)->field), 1, 1 }
#define ARRAY(record, field) \
	{ #field, offsetof(struct record, field), sizeof(((struct record *)0)->field[0]), \
	  sizeof(((struct record *)0)->field) / sizeof(((struct record *)0)->field[0]), 0 }
#define HEADER(record) \
	{ "timestamp_ns", offsetof(struct record, header.timestamp_ns), 8, 1, 0 }, \
	{ "goroutine_id", offsetof(struct record, header.goroutine_id), 8, 1, 0 }, \
	{ "process_id", offsetof(struct record, header.process_id), 4, 1, 0 }, \
	{ "thread_id", offsetof(struct record, header.thread_id), 4, 1, 0 }, \
	{ "kind", offsetof(struct record, header.kind), 2, 1, 0 }, \
	{ "cpu", offsetof(struct record, header.cpu), 2, 1, 0 }, \
	{ "reserved0", offsetof(struct record, header.reserved), 4, 1, 0 }

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
	FIELD(ps_socket_io, reserved),
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

static const struct ps_field ps_task_exit_fields[] = {
	HEADER(ps_task_exit),
	SIGNED(ps_task_exit, exit_code),
	FIELD(ps_task_exit, is_process),
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

static const struct ps_field ps_pool_acquire_begin_fields[] = {
	HEADER(ps_pool_acquire_begin),
	FIELD(ps_pool_acquire_begin, pool),
	FIELD(ps_pool_acquire_begin, goroutine_address),
	FIELD(ps_pool_acquire_begin, caller_address),
	SIGNED(ps_pool_acquire_begin, stack_id),
	FIELD(ps_pool_acquire_begin, point_id),
};

static const struct ps_field ps_pool_acquire_end_fields[] = {
	HEADER(ps_pool_acquire_end),
	FIELD(ps_pool_acquire_end, connection),
	FIELD(ps_pool_acquire_end, error_type),
	FIELD(ps_pool_acquire_end, socket_inode),
	FIELD(ps_pool_acquire_end, unknown_type),
	SIGNED(ps_pool_acquire_end, descriptor),
	FIELD(ps_pool_acquire_end, point_id),
	FIELD(ps_pool_acquire_end, walk_status),
	FIELD(ps_pool_acquire_end, socket_state),
	FIELD(ps_pool_acquire_end, reserved),
};

static const struct ps_field ps_pool_release_fields[] = {
	HEADER(ps_pool_release),
	FIELD(ps_pool_release, pool),
	FIELD(ps_pool_release, connection),
	FIELD(ps_pool_release, error_type),
	FIELD(ps_pool_release, point_id),
	FIELD(ps_pool_release, reserved),
};

static const struct ps_field ps_pool_connection_close_fields[] = {
	HEADER(ps_pool_connection_close),
	FIELD(ps_pool_connection_close, pool),
	FIELD(ps_pool_connection_close, connection),
	FIELD(ps_pool_connection_close, point_id),
	FIELD(ps_pool_connection_close, reserved),
};

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

static const struct ps_field ps_census_socket_fields[] = {
	HEADER(ps_census_socket),
	FIELD(ps_census_socket, socket_inode),
	ARRAY(ps_census_socket, local_address),
	ARRAY(ps_census_socket, remote_address),
	FIELD(ps_census_socket, local_port),
	FIELD(ps_census_socket, remote_port),
	FIELD(ps_census_socket, family),
	FIELD(ps_census_socket, protocol),
	FIELD(ps_census_socket, type),
	FIELD(ps_census_socket, state),
	FIELD(ps_census_socket, flags),
	SIGNED(ps_census_socket, descriptor),
	FIELD(ps_census_socket, census_index),
	FIELD(ps_census_socket, receive_queue_bytes),
	FIELD(ps_census_socket, send_queue_bytes),
	FIELD(ps_census_socket, round_trip_us),
	FIELD(ps_census_socket, retransmits),
	FIELD(ps_census_socket, last_receive_age_ms),
	FIELD(ps_census_socket, last_send_age_ms),
	FIELD(ps_census_socket, receive_buffer_bytes),
	FIELD(ps_census_socket, send_buffer_bytes),
	FIELD(ps_census_socket, receive_memory_bytes),
	FIELD(ps_census_socket, drops),
	FIELD(ps_census_socket, round_trip_variation_us),
	FIELD(ps_census_socket, retransmit_timeout_us),
	FIELD(ps_census_socket, timer_expires_ms),
	FIELD(ps_census_socket, timer),
	FIELD(ps_census_socket, timer_retries),
	FIELD(ps_census_socket, segments_sent),
	FIELD(ps_census_socket, data_segments_sent),
};

static const struct ps_field ps_census_end_fields[] = {
	HEADER(ps_census_end),
	FIELD(ps_census_end, started_ns),
	FIELD(ps_census_end, census_index),
	FIELD(ps_census_end, socket_count),
	FIELD(ps_census_end, descriptor_count),
	FIELD(ps_census_end, descriptor_limit),
};

static const struct ps_field ps_holder_state_fields[] = {
	HEADER(ps_holder_state),
	FIELD(ps_holder_state, connection),
	FIELD(ps_holder_state, goroutine_address),
	FIELD(ps_holder_state, holder),
	FIELD(ps_holder_state, goroutine_status),
	FIELD(ps_holder_state, wait_reason),
	FIELD(ps_holder_state, reserved),
	SIGNED(ps_holder_state, stack_id),
	FIELD(ps_holder_state, reserved1),
};

static const struct ps_field ps_pool_state_fields[] = {
	HEADER(ps_pool_state),
	FIELD(ps_pool_state, pool),
	SIGNED(ps_pool_state, open_connections),
	SIGNED(ps_pool_state, idle_connections),
	SIGNED(ps_pool_state, maximum_open),
	SIGNED(ps_pool_state, maximum_idle),
	SIGNED(ps_pool_state, wait_count),
	SIGNED(ps_pool_state, wait_duration_ns),
	FIELD(ps_pool_state, adapter_id),
	FIELD(ps_pool_state, reserved),
};

static const struct ps_field ps_lease_join_fields[] = {
	HEADER(ps_lease_join),
	FIELD(ps_lease_join, connection),
	FIELD(ps_lease_join, acquired_ns),
	FIELD(ps_lease_join, socket_inode),
	SIGNED(ps_lease_join, descriptor),
	FIELD(ps_lease_join, reserved),
};

static const struct ps_field ps_clock_pair_fields[] = {
	HEADER(ps_clock_pair),
	FIELD(ps_clock_pair, wall_ns),
	FIELD(ps_clock_pair, boot_ns),
};

static const struct ps_field ps_loss_fields[] = {
	HEADER(ps_loss),
	FIELD(ps_loss, window_start_ns),
	FIELD(ps_loss, count),
	FIELD(ps_loss, lost_kind),
	FIELD(ps_loss, reason),
	FIELD(ps_loss, reserved),
};

static const struct ps_field ps_stack_fields[] = {
	HEADER(ps_stack),
	SIGNED(ps_stack, stack_id),
	FIELD(ps_stack, depth),
	ARRAY(ps_stack, addresses),
};

#define RECORD(name) \
	{ #name, ps_record_kind_##name, sizeof(struct ps_##name), \
	  sizeof(ps_##name##_fields) / sizeof(ps_##name##_fields[0]), 0, ps_##name##_fields }

static const struct ps_record_schema schemas[] = {
	RECORD(socket_open),
	RECORD(socket_connect),
	RECORD(socket_accept),
	RECORD(socket_state),
	RECORD(socket_io),
	RECORD(socket_close),
	RECORD(descriptor_open),
	RECORD(descriptor_close),
	RECORD(unix_address),
	RECORD(task_exit),
	RECORD(socket_retransmit),
	RECORD(socket_reset),
	RECORD(datagram_drop),
	RECORD(socket_listen),
	RECORD(socket_option),
	RECORD(pool_acquire_begin),
	RECORD(pool_acquire_end),
	RECORD(pool_release),
	RECORD(pool_connection_close),
	RECORD(name_lookup),
	RECORD(tls_handshake),
	RECORD(deadline),
	RECORD(census_socket),
	RECORD(census_end),
	RECORD(holder_state),
	RECORD(pool_state),
	RECORD(lease_join),
	RECORD(clock_pair),
	RECORD(loss),
	RECORD(stack),
};

const struct ps_record_schema *const ps_record_schemas = schemas;
const __u32 ps_record_schema_count = sizeof(schemas) / sizeof(schemas[0]);
