/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_TRACE_SCHEMA_H
#define POOLSCOPE_TRACE_SCHEMA_H
/* The records of trace_records.h described as data: user space only. */
#include "trace_records.h"

struct ps_field {
	const char *name;
	__u16 offset;	 /* bytes from the start of the record */
	__u16 width;	 /* bytes of one element: 1, 2, 4 or 8; little endian */
	__u16 count;	 /* elements; 1 unless an array */
	__u16 is_signed; /* two's complement */
};

struct ps_record_schema {
	const char *name; /* without the ps_ prefix */
	__u16 kind;	  /* enum ps_record_kind */
	__u16 size;	  /* bytes */
	__u16 field_count;
	__u16 reserved;
	const struct ps_field *fields;
};

extern const struct ps_record_schema *const ps_record_schemas; /* ps_record_schema_count of them */
extern const __u32 ps_record_schema_count;

#endif
