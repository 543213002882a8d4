/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo_paced PORT REQUESTS RATE: sends REQUESTS messages of 64 bytes on one connection, RATE a second, each when the
 * answer to the one before is there and its time has come. Prints p50 and p99 of the time to the answer in nanoseconds.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 64 };

static long long now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int by_value(const void *left, const void *right)
{
	long long a = *(const long long *)left, b = *(const long long *)right;
	return (a > b) - (a < b);
}

int main(int count, char **arguments)
{
	if (count != 4)
		return 64;
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(arguments[1])),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int one = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
	long requests = atol(arguments[2]);
	long long step = 1000000000LL / atol(arguments[3]);
	long long *times = malloc(requests * sizeof(*times));
	char message[MESSAGE_BYTES] = { 1 };
	if (!times || connection < 0 || connect(connection, (void *)&name, sizeof(name))) {
		perror("connect");
		return 1;
	}
	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	long long due = now_ns();
	for (long done = 0; done < requests; done++, due += step) {
		while (now_ns() < due)
			;
		long long asked = now_ns();
		if (send(connection, message, sizeof(message), 0) != sizeof(message) ||
		    recv(connection, message, sizeof(message), MSG_WAITALL) != sizeof(message)) {
			perror("echo");
			return 1;
		}
		times[done] = now_ns() - asked;
	}
	qsort(times, requests, sizeof(*times), by_value);
	printf("%lld %lld\n", times[requests / 2], times[requests * 99 / 100]);
	return 0;
}
