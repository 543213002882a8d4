/* SPDX-License-Identifier: Apache-2.0 */
#ifndef THREADS_H
#define THREADS_H
/* Threads that do all of it at the same time, each with prime counts of its own. */
#include "peer.h"

/* Starts so many, and others that end, waits for them, and ends the peer. Prints what they did, as a JSON object. */
void run_threads(int count, struct peer *peer);

enum { MAX_THREADS = 16 };

#endif
