/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_POOL_FIELDS_H
#define POOLSCOPE_POOL_FIELDS_H
/* The fields of the records of pool_records.h, for trace_schema.c alone, which defines the macros. */

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
	FIELD(ps_pool_acquire_end, error_value),
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

#endif
