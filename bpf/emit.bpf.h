/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_EMIT_BPF_H
#define POOLSCOPE_EMIT_BPF_H
/* Emit a record, or count its loss. Every attempt is counted: records written + losses = attempts. */
#include "include/trace_records.h"
#include "target.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20); /* the loader may change it */
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PS_COUNTED_KINDS);
	__type(key, u32);
	__type(value, struct ps_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(u32));
	__uint(value_size, PS_STACK_DEPTH * sizeof(u64));
} stacks SEC(".maps");

static __always_inline struct ps_counters *counters_of(u32 kind) { return bpf_map_lookup_elem(&counters, &kind); }

/* Programs may be preempted between load and store, so even a per-CPU counter needs an atomic addition. */
static __always_inline void count(u64 *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

static __always_inline void count_map_full(u32 kind)
{
	struct ps_counters *counter = counters_of(kind);
	if (counter) {
		count(&counter->attempted);
		count(&counter->map_full);
	}
}

static __always_inline void count_return_missed(u32 kind)
{
	struct ps_counters *counter = counters_of(kind);
	if (counter) {
		count(&counter->attempted);
		count(&counter->return_missed);
	}
}

/* The kernel skipped the first program of the kind, whose work another now does. */
static __always_inline void count_done_by_fallback(u32 kind)
{
	struct ps_counters *counter = counters_of(kind);
	if (counter)
		count(&counter->done_by_fallback);
}

/*
 * Room for one record with its header filled and the rest zero; NULL when the ring is full, and counted. `now_ns`: the
 * clock, where it was read already; else 0.
 */
static __always_inline void *reserve_record(u32 size, u16 kind, u64 goroutine, u64 now_ns)
{
	struct ps_counters *counter = counters_of(kind);
	if (!counter)
		return NULL;
	count(&counter->attempted);
	struct ps_header *header = bpf_ringbuf_reserve(&records, size, 0);
	if (!header) {
		count(&counter->ring_full);
		return NULL;
	}
	__builtin_memset(header, 0, size);
	u64 id = bpf_get_current_pid_tgid();
	header->timestamp_ns = now_ns ? now_ns : bpf_ktime_get_ns();
	header->goroutine_id = goroutine;
	header->process_id = config.target_process_id;
	header->thread_id = (u32)id;
	header->kind = kind;
	header->cpu = bpf_get_smp_processor_id();
	return header;
}

#define RESERVE_AT(record, goroutine, now_ns)                                                                          \
	reserve_record(sizeof(struct ps_##record), ps_record_kind_##record, goroutine, now_ns)
#define RESERVE(record, goroutine) RESERVE_AT(record, goroutine, 0)

/* Never wakes the reader: a wake-up per record costs the target six times as much as the record. It drains by time. */
static __always_inline void submit_record(void *record) { bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP); }

#define EEXIST 17

/*
 * The user stack of the current task; negative: none, and counted: two stacks met in one bucket (EEXIST), or its memory
 * could not be read (EFAULT). A program's stacks hash alike in every run, so two that meet do so always: the later one is
 * tried again without its innermost frame.
 */
static __always_inline s32 user_stack(void *context, u32 kind)
{
	s32 id = bpf_get_stackid(context, &stacks, BPF_F_USER_STACK);
	if (id == -EEXIST)
		id = bpf_get_stackid(context, &stacks, BPF_F_USER_STACK | 1);
	if (id < 0) {
		struct ps_counters *counter = counters_of(kind);
		if (counter)
			count(&counter->stack_missing);
	}
	return id;
}

#endif
