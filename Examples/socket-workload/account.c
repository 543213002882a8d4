// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char *const kind_names[KINDS] = { "tcp4", "tcp6", "udp4", "udp6", "unix" };

static void print_counts(const char *name, const unsigned *counts)
{
	printf(",\n  \"%s\": {", name);
	for (int kind = 0; kind < KINDS; kind++)
		printf("%s\"%s\": %u", kind ? ", " : "", kind_names[kind], counts[kind]);
	printf("}");
}

static void print_io(const char *name, const struct io *io)
{
	printf(",\n  \"%s\": {", name);
	for (int kind = 0; kind < KINDS; kind++)
		printf("%s\n    \"%s\": {\"calls\": %u, \"bytes\": %u, \"would_block\": %u, \"end_of_file\": %u}",
		       kind ? "," : "", kind_names[kind], io[kind].calls, io[kind].bytes, io[kind].would_block,
		       io[kind].end_of_file);
	printf("}");
}

void print_account(const struct account *done)
{
	printf("{\n  \"process\": %d,\n  \"opened_before\": %u", getpid(), done->before);
	print_counts("opened", done->opened);
	print_counts("connected", done->connected);
	print_counts("connect_refused", done->refused);
	print_counts("connect_in_progress", done->in_progress);
	printf(",\n  \"accepted\": %u,\n  \"accept_would_block\": %u", done->accepted, done->accept_would_block);
	print_io("sent", done->sent);
	print_io("received", done->received);
	printf(",\n  \"duplicated\": %u,\n  \"descriptors_closed\": %u", done->duplicated, done->descriptors_closed);
	print_counts("closed", done->closed);
	printf(",\n  \"peer_closed_first\": %u\n}\n", done->peer_closed_first);
	fflush(stdout);
}

void wait_for_start(void)
{
	sigset_t start;
	int signal_number;

	sigemptyset(&start);
	sigaddset(&start, SIGUSR1);
	sigprocmask(SIG_BLOCK, &start, NULL);
	printf("ready %d\n", getpid());
	fflush(stdout);
	sigwait(&start, &signal_number);
}
