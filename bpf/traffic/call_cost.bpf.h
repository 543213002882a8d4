/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_CALL_COST_BPF_H
#define POOLSCOPE_CALL_COST_BPF_H
/*
 * What a receive or send pays for its programs, measured by themselves: of one call in PS_TIMED_CALLS the clock is read
 * once more at the end of each. What a call pays on its way into and out of a program (a trap, a trampoline) is not in it.
 */
#include "emit.bpf.h"

/* The first member of what is kept from a call's entry to its return, by thread. */
struct entry_clock {
	u64 started_ns;
	u64 cost_ns; /* of the program at the entry; of timed calls only */
};

/*
 * A run that takes longer was interrupted or preempted, and its time is another's: counted for PS_TIMED_CALLS calls, one
 * time slice would be a quarter of a second.
 */
#define LONGEST_RUN_NS 20000

/*
 * Picked by a hash of the time that was read anyhow, which costs no memory: its low bits alone would pick none or all
 * where the clock advances in steps. 64 calls: the upper 6 bits.
 */
static __always_inline int is_timed(u64 now_ns) { return now_ns * 0x9e3779b97f4a7c15ull >> 58 == 0; }

_Static_assert(PS_TIMED_CALLS == 1 << (64 - 58), "is_timed");

static __always_inline u64 run_time(u64 began_ns)
{
	u64 time = bpf_ktime_get_ns() - began_ns;
	return time < LONGEST_RUN_NS ? time : LONGEST_RUN_NS;
}

/* The end of the program at the entry of a call. */
static __always_inline void entry_ends(void *entries, u64 thread, u64 started_ns)
{
	if (!is_timed(started_ns))
		return;
	struct entry_clock *clock = bpf_map_lookup_elem(entries, &thread);
	if (clock)
		clock->cost_ns = run_time(started_ns);
}

static __always_inline u64 entry_cost(void *entries, u64 thread)
{
	struct entry_clock *clock = bpf_map_lookup_elem(entries, &thread);
	return clock ? clock->cost_ns : 0;
}

/* The end of the program at the return of a timed call. Apart from its callers, which are many. */
static __noinline int return_ends(u64 began_ns, u64 entry_cost_ns, u64 is_summed)
{
	struct ps_counters *counter = counters_of(ps_record_kind_socket_io);
	if (!counter)
		return 0;
	u64 *sum = is_summed ? &counter->summed_cost_ns : &counter->recorded_cost_ns;
	count(&counter->timed_calls);
	__sync_fetch_and_add(sum, entry_cost_ns + run_time(began_ns));
	return 0;
}

#endif
