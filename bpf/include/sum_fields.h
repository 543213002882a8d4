/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_SUM_FIELDS_H
#define POOLSCOPE_SUM_FIELDS_H
/* The fields of the records of sum_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_socket_sum_fields[] = {
	HEADER(ps_socket_sum),
	FIELD(ps_socket_sum, socket_inode),
	FIELD(ps_socket_sum, since_ns),
	FIELD(ps_socket_sum, last_receive_ns),
	FIELD(ps_socket_sum, last_send_ns),
	FIELD(ps_socket_sum, receives),
	FIELD(ps_socket_sum, sends),
	FIELD(ps_socket_sum, received_bytes),
	FIELD(ps_socket_sum, sent_bytes),
	FIELD(ps_socket_sum, receive_would_blocks),
	FIELD(ps_socket_sum, send_would_blocks),
	FIELD(ps_socket_sum, peeks),
	FIELD(ps_socket_sum, receive_ns),
	FIELD(ps_socket_sum, send_ns),
	ARRAY(ps_socket_sum, answers),
};

static const struct ps_field ps_detail_change_fields[] = {
	HEADER(ps_detail_change),
	FIELD(ps_detail_change, socket_inode),
	FIELD(ps_detail_change, calls_per_second),
	FIELD(ps_detail_change, limit_per_second),
	FIELD(ps_detail_change, cost_ns),
	FIELD(ps_detail_change, target_cpu_ns),
	FIELD(ps_detail_change, cost_limit_permille),
	FIELD(ps_detail_change, causes),
};

#endif
