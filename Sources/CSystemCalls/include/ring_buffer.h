/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POOLSCOPE_RING_BUFFER_H
#define POOLSCOPE_RING_BUFFER_H
/* What of a BPF ring buffer two sides write at a time (Documentation/bpf/ringbuf.rst, kernel/bpf/ringbuf.c). */

/* A position that the other side moves: what it has written before is visible after. */
static inline unsigned long ps_ring_load(const volatile void *position)
{
	return __atomic_load_n((const volatile unsigned long *)position, __ATOMIC_ACQUIRE);
}

/* Gives the room before `value` back to the producers. */
static inline void ps_ring_release(volatile void *position, unsigned long value)
{
	__atomic_store_n((volatile unsigned long *)position, value, __ATOMIC_RELEASE);
}

/* A record's length with BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT: once it is not busy, its bytes are there. */
static inline unsigned int ps_ring_record_length(const volatile void *header)
{
	return __atomic_load_n((const volatile unsigned int *)header, __ATOMIC_ACQUIRE);
}

#endif
