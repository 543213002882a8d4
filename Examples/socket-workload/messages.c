// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>

#include "calls.h"
#include "stories.h"

enum { BATCH = 3, TCPMUX = 1 };

void exchange_datagrams(struct worker *worker, int count)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int descriptor = opened(UDP4, 0);

	check(!bind(descriptor, (struct sockaddr *)&address, length), "bind");
	check(!getsockname(descriptor, (struct sockaddr *)&address, &length), "getsockname");
	check(connected(descriptor, &address, length) == 0, "connect to itself");
	for (int i = 0; i < count; i++) {
		int size = 31 + worker->n;
		check(sent(descriptor, i, size) == size && received(descriptor, i % 4, size) == size,
		      "exchange a datagram");
	}
	sent_batch(descriptor, BATCH, 43);
	received_batch(descriptor, BATCH, 43);
	check(sent(descriptor, 1, 0) == 0 && received(descriptor, 1, 10) == 0, "exchange an empty datagram");
	check(received(descriptor, 4, 10) == -EAGAIN, "find nothing to receive");
	closed(descriptor, 0);
}

/* A port that nobody has: the error comes with the next call. */
void send_to_nobody(struct worker *worker, int count)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(TCPMUX),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int descriptor = opened(UDP4, 0);

	check(connected(descriptor, &address, sizeof(address)) == 0, "connect");
	for (int i = 0; i < count; i++) {
		check(sent(descriptor, i, 29 + worker->n) == 29 + worker->n, "send to nobody");
		check(received(descriptor, i % 4, 10) == -ECONNREFUSED, "be refused");
	}
	closed(descriptor, 0);
}

void talk_in_pairs(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int pair[2], size = 17 + worker->n;
		opened_pair(pair);
		check(sent(pair[0], i, size) == size && received(pair[1], i % 4, size) == size, "talk");
		check(sent(pair[1], i + 1, size + 1) == size + 1 && received(pair[0], i % 4, size + 1) == size + 1,
		      "talk back");
		check(received(pair[0], 4, 10) == -EAGAIN, "find nothing to receive");
		closed(pair[1], 0);
		check(received(pair[0], i % 4, 10) == 0, "see the other's close");
		check(sent(pair[0], i, 10) == -EPIPE, "send no more");
		closed(pair[0], 0);
	}
}

void leave_a_pair(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int pair[2], size = 19 + worker->n;
		opened_pair(pair);
		check(sent(pair[0], i, size) == size, "talk");
		closed(pair[1], 0);
		check(received(pair[0], i % 4, 10) == -ECONNRESET, "be reset");
		closed(pair[0], 0);
	}
}
