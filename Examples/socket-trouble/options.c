// SPDX-License-Identifier: Apache-2.0
#include "trouble.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SOCKETS = 5, PAIRS = 3, DATAGRAM_SOCKETS = 2 };

void set_options(void)
{
	static const struct {
		int level, name, value, error;
	} numbers[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1, 0 },	     { IPPROTO_TCP, TCP_KEEPIDLE, 41, 0 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 7, 0 },	     { IPPROTO_TCP, TCP_KEEPCNT, 5, 0 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 12007, 0 }, { IPPROTO_TCP, TCP_NODELAY, 1, 0 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 128, EINVAL },   { SOL_SOCKET, SO_SNDBUF, 65537, 0 },
	};
	struct timeval receive = { 2, 500000 }, send = { 0, 17000 };
	int descriptor = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int error = setsockopt(descriptor, numbers[i].level, numbers[i].name, &numbers[i].value, sizeof(int))
				    ? errno
				    : 0;
		check(error == numbers[i].error, "set an option");
		printf("\"%d %d = %d: %d\": 1, ", numbers[i].level, numbers[i].name, numbers[i].value, -error);
	}
	check(setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0,
	      "set SO_REUSEADDR"); /* not told */
	check(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof(receive)) == 0, "set SO_RCVTIMEO");
	check(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send)) == 0, "set SO_SNDTIMEO");
	printf("\"1 20 = 2500000000: 0\": 1, \"1 21 = 17000000: 0\": 1");
	close(descriptor);
}

void run_out_of_descriptors(void)
{
	struct rlimit before, none = { 0, 0 };
	int pair[2];

	check(getrlimit(RLIMIT_NOFILE, &before) == 0, "getrlimit");
	none.rlim_max = before.rlim_max;
	check(setrlimit(RLIMIT_NOFILE, &none) == 0, "setrlimit");
	for (int i = 0; i < SOCKETS; i++)
		check(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EMFILE, "open no socket");
	for (int i = 0; i < DATAGRAM_SOCKETS; i++)
		check(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 && errno == EMFILE, "open no socket");
	for (int i = 0; i < PAIRS; i++)
		check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 && errno == EMFILE, "open no pair");
	check(setrlimit(RLIMIT_NOFILE, &before) == 0, "setrlimit");
	printf("{\"2 1\": %d, \"10 2\": %d, \"1 1\": %d}", SOCKETS, DATAGRAM_SOCKETS, PAIRS);
}
