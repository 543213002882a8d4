/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_DNS_FIELDS_H
#define POOLSCOPE_DNS_FIELDS_H
/* The fields of the records of dns_records.h, for trace_schema.c alone, which defines the macros. */

static const struct ps_field ps_dns_message_fields[] = {
	HEADER(ps_dns_message),
	FIELD(ps_dns_message, socket_inode),
	ARRAY(ps_dns_message, remote_address),
	FIELD(ps_dns_message, remote_port),
	FIELD(ps_dns_message, family),
	FIELD(ps_dns_message, protocol),
	FIELD(ps_dns_message, operation),
	FIELD(ps_dns_message, reserved),
	FIELD(ps_dns_message, message_length),
	FIELD(ps_dns_message, captured_length),
	ARRAY(ps_dns_message, message),
};

#endif
