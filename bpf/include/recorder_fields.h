/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_RECORDER_FIELDS_H
#define POOLSCOPE_RECORDER_FIELDS_H
/* The fields of the records of recorder_records.h, for trace_schema.c alone, which defines the macros. */

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
	FIELD(ps_loss, cpu),
	FIELD(ps_loss, is_cpu_known),
};

static const struct ps_field ps_stack_fields[] = {
	HEADER(ps_stack),
	SIGNED(ps_stack, stack_id),
	FIELD(ps_stack, depth),
	ARRAY(ps_stack, addresses),
};

#endif
