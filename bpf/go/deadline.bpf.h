/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_DEADLINE_BPF_H
#define POOLSCOPE_DEADLINE_BPF_H
/* internal/poll.setDeadlineImpl (src/internal/poll/fd_poll_runtime.go): drivers call it for each request, or never. */
#include "socket.bpf.h"

enum { DEADLINE_UNKNOWN = 0, DEADLINE_CLEARED = 1, DEADLINE_ARMED = 2 };

/* What was told last. Apart, so that a reader and a writer of one socket do not overwrite each other. */
struct deadline_state {
	u8 read;
	u8 write;
};

/* By inode. LRU, as a socket that is forgotten only has its next call told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct deadline_state);
} deadlines SEC(".maps");

/* `mode` is 'r', 'w' or their sum. */
static __always_inline u16 deadline_mode(u64 mode)
{
	return mode == 'r' ? PS_DEADLINE_READ : mode == 'w' ? PS_DEADLINE_WRITE : PS_DEADLINE_READ | PS_DEADLINE_WRITE;
}

static __always_inline struct deadline_state *deadline_state_of(u64 inode)
{
	struct deadline_state *state = bpf_map_lookup_elem(&deadlines, &inode);
	if (state)
		return state;
	struct deadline_state unknown = {};
	bpf_map_update_elem(&deadlines, &inode, &unknown, BPF_NOEXIST);
	return bpf_map_lookup_elem(&deadlines, &inode);
}

static __always_inline void remember_deadline(struct deadline_state *state, u16 mode, u8 now)
{
	if (state && mode & PS_DEADLINE_READ)
		state->read = now;
	if (state && mode & PS_DEADLINE_WRITE)
		state->write = now;
}

/* The descriptor, internal/poll.FD.Sysfd, is where the point's chain ends. */
static __always_inline void deadline_set(struct pt_regs *registers, struct ps_call_point *point, u64 g)
{
	s32 descriptor = -1;
	if (bpf_probe_read_user(&descriptor, sizeof(descriptor), (void *)registers->ax + point->chain.end_offset))
		return;
	struct sock *sk = descriptor_socket(descriptor);
	u64 inode = sk ? socket_inode(sk) : 0;
	if (!inode)
		return; /* a pipe or another file */
	u16 mode = deadline_mode(registers->si);
	/* The zero time.Time clears: its wall and its ext are 0 (src/time/time.go). */
	u8 now = registers->bx || registers->cx ? DEADLINE_ARMED : DEADLINE_CLEARED;
	struct deadline_state *state = deadline_state_of(inode);
	if (state && (!(mode & PS_DEADLINE_READ) || state->read == now) &&
	    (!(mode & PS_DEADLINE_WRITE) || state->write == now))
		return;

	/* Checked here and nowhere else: 5.10 forgets what it knew of the record when it is written to in between. */
	struct ps_deadline *record = RESERVE(deadline, goroutine_id(g));
	if (!record) {
		remember_deadline(state, mode, DEADLINE_UNKNOWN); /* the next call tells */
		return;
	}
	record->socket_inode = inode;
	record->descriptor = descriptor;
	record->mode = mode;
	record->is_cleared = now == DEADLINE_CLEARED;
	submit_record(record);
	remember_deadline(state, mode, now);
}

#endif
