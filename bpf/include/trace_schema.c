/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of each record of trace_records.h by name: what the schema block of a trace says, so that a reader
 * of another version, or in another language, finds each field. The *_fields.h list them, a file for
 * each *_records.h. A unit test checks that they cover every byte of every record exactly once.
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

#include "call_fields.h"
#include "dns_fields.h"
#include "go_fields.h"
#include "peer_fields.h"
#include "pool_fields.h"
#include "recorder_fields.h"
#include "socket_fields.h"
#include "sum_fields.h"
#include "task_fields.h"

#define RECORD(number, name, swift) \
	{ #name, number, sizeof(struct ps_##name), \
	  sizeof(ps_##name##_fields) / sizeof(ps_##name##_fields[0]), 0, ps_##name##_fields },

static const struct ps_record_schema schemas[] = {
	PS_RECORDS(RECORD)
};

const struct ps_record_schema *const ps_record_schemas = schemas;
const __u32 ps_record_schema_count = sizeof(schemas) / sizeof(schemas[0]);
