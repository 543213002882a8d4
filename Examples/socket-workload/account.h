/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCOUNT_H
#define ACCOUNT_H
/* What the workload really did on its sockets after the start. */
#include "peer.h"

struct io {
	unsigned calls; /* all, whatever their result */
	unsigned bytes;
	unsigned would_block; /* of the calls: EAGAIN */
	unsigned end_of_file; /* of the calls: 0 */
};

struct account {
	unsigned before;	/* sockets that were open at the start */
	unsigned opened[KINDS]; /* by socket and socketpair */
	unsigned connected[KINDS], refused[KINDS],
		in_progress[KINDS]; /* connect returned 0, ECONNREFUSED, EINPROGRESS */
	unsigned accepted, accept_would_block;
	struct io sent[KINDS], received[KINDS];
	unsigned duplicated;	     /* by dup, dup2, fcntl */
	unsigned descriptors_closed; /* close calls */
	unsigned closed[KINDS];	     /* sockets whose last descriptor was closed */
	unsigned peer_closed_first;  /* of those: after the peer's end of file */
};

/* Says "ready PID", and returns at SIGUSR1, which must come to no other thread. */
void wait_for_start(void);
/* As one JSON object, to the standard output. */
void print_account(const struct account *done);

#endif
