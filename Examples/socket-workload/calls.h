/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALLS_H
#define CALLS_H
/*
 * Every call of a thread on its sockets, in their order, each with its times, its socket and its result: nothing of it may
 * be missing from a recording, be there twice, or belong to another socket or thread. One log for each thread.
 */
#include "peer.h"

struct calls;

/* The calling thread's log from now on. */
void begin_calls(void);
/* All logs, and what was expected of the states, as members of a JSON object, to the standard output. */
void print_calls(void);

int opened(enum kind kind, int flags);
void opened_pair(int *pair);
/* 0 or the error's number. */
int connected(int descriptor, const void *address, socklen_t length);
int accepted(int listener);
/* Bytes, or the error's number, negative: `how` chooses among the system calls that come to the same kernel function. */
int sent(int descriptor, int how, size_t length);
/* With what the peer process is to do with it. */
int asked(int descriptor, int how, size_t length, int then, int reply);
int received(int descriptor, int how, size_t length);
/* Several datagrams by one call: so many as there are. */
void sent_batch(int descriptor, int count, size_t length);
void received_batch(int descriptor, int count, size_t length);
/* `error`: what is pending on the socket and not yet told. */
void closed(int descriptor, int error);
/* The states that the socket of this descriptor passes from here on, or from its beginning, as "7>2>1". */
void passes(int descriptor, const char *states);

unsigned long inode_of(int descriptor);
/* Of TCP; a busy processor may take its time until what the other side did has arrived. */
int state_of(int descriptor);
void await_state(int descriptor, int state);

#endif
