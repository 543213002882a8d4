/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_SOCKET_CALL_BPF_H
#define POOLSCOPE_SOCKET_CALL_BPF_H
/*
 * A system call that asks something of a socket, at its return: bind(2), listen(2), shutdown(2). The return is enough, as the
 * arguments are read through the registers of the system call. All of them have the descriptor first.
 */
#include "socket.bpf.h"

struct socket_call {
	struct sock *sk;
	u64 second; /* argument */
	s32 descriptor;
	u16 family;
};

/* 0: not the target's, or of no socket that is recorded. */
static __always_inline int read_socket_call(struct socket_call *call)
{
	if (!is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	call->descriptor = READ(registers, di);
	call->second = READ(registers, si);
	call->sk = descriptor_socket(call->descriptor);
	call->family = call->sk ? socket_family(call->sk) : 0;
	return is_recorded_family(call->family);
}

/* The record of a call, with what all of them say; NULL: no room, and counted. */
#define RESERVE_CALL(kind, call, returned)                                                                             \
	({                                                                                                             \
		struct ps_##kind *of_call = RESERVE(kind, calling_goroutine_id());                                     \
		if (of_call) {                                                                                         \
			of_call->socket_inode = socket_inode((call)->sk);                                              \
			of_call->socket_key = socket_key((call)->sk);                                                  \
			of_call->family = (call)->family;                                                              \
			of_call->protocol = ps_socket_protocol((call)->sk);                                            \
			of_call->result = returned;                                                                    \
			of_call->descriptor = (call)->descriptor;                                                      \
		}                                                                                                      \
		of_call;                                                                                               \
	})

#endif
