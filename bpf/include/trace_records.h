/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_TRACE_RECORDS_H
#define POOLSCOPE_TRACE_RECORDS_H
/*
 * THE schema: every record that a trace can hold, defined once, in the headers below. BPF programs and the
 * recorder fill these structs, the trace file keeps their fields, Swift imports them.
 *
 * Rules: fixed-width fields, no holes, no bool, no packed; the unit is in the name; all times are
 * CLOCK_MONOTONIC nanoseconds (bpf_ktime_get_ns, stops in suspend) unless the name says otherwise.
 * A field is only ever added at the end of a record, and never changes its meaning: readers match fields
 * by name, through the schema block of the file. A new field also gets its line in the *_fields.h beside its
 * record, a new record one in trace_schema.c too.
 */
#include "record_header.h"

#include "call_records.h"
#include "dns_records.h"
#include "go_records.h"
#include "peer_records.h"
#include "pool_records.h"
#include "recorder_records.h"
#include "socket_records.h"
#include "sum_records.h"
#include "task_records.h"

#endif
