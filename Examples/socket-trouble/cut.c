// SPDX-License-Identifier: Apache-2.0
/* Datagrams that are cut, addresses that are taken, connections that are closed one way. */
#include "trouble.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CUT_UDP = 5, CUT_UNIX = 3, WHOLE = 7, LONG_BYTES = 197, SHORT_BYTES = 101 };
enum { BOUND = 5, TAKEN = 3, HALF_CLOSED = 5, NOT_CONNECTED = 3 };

static void cut(int from, int to, int times)
{
	char data[LONG_BYTES] = { 0 };

	for (int i = 0; i < times; i++) {
		check(send(from, data, LONG_BYTES, 0) == LONG_BYTES, "send");
		check(recv(to, data, SHORT_BYTES, 0) == SHORT_BYTES, "receive a part");
	}
	for (int i = 0; i < WHOLE; i++) {
		check(send(from, data, SHORT_BYTES, 0) == SHORT_BYTES, "send");
		check(recv(to, data, sizeof(data), 0) == SHORT_BYTES, "receive all");
	}
}

void cut_datagrams(void)
{
	int one, other, local[2];

	new_datagram_pair(&one, &other);
	cut(one, other, CUT_UDP);
	check(socketpair(AF_UNIX, SOCK_DGRAM, 0, local) == 0, "socketpair");
	cut(local[0], local[1], CUT_UNIX);
	close(one);
	close(other);
	close(local[0]);
	close(local[1]);
	printf("{\"17\": %d, \"0\": %d}", CUT_UDP, CUT_UNIX);
}

/* At an address that nothing else here uses. */
void bind_twice(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f005301) };
	socklen_t length = sizeof(address);
	int sockets[BOUND];

	for (int i = 0; i < BOUND; i++) {
		sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
		check(bind(sockets[i], (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
	}
	check(getsockname(sockets[0], (struct sockaddr *)&address, &length) == 0, "getsockname");
	for (int i = 0; i < TAKEN; i++) {
		int late = socket(AF_INET, SOCK_STREAM, 0);
		check(bind(late, (struct sockaddr *)&address, sizeof(address)) == -1 && errno == EADDRINUSE,
		      "find it taken");
		close(late);
	}
	for (int i = 0; i < BOUND; i++)
		close(sockets[i]);
	printf("{\"0\": %d, \"-98\": %d}", BOUND, TAKEN);
}

/* By direction and result. */
void shut_down(void)
{
	char data[1];

	for (int i = 0; i < HALF_CLOSED; i++) {
		int client, server;
		new_pair(&client, &server);
		check(shutdown(client, SHUT_WR) == 0, "shut down");
		check(recv(server, data, sizeof(data), 0) == 0, "see the end");
		close(server);
		close(client);
	}
	for (int i = 0; i < NOT_CONNECTED; i++) {
		int descriptor = socket(AF_INET, SOCK_STREAM, 0);
		check(shutdown(descriptor, SHUT_RDWR) == -1 && errno == ENOTCONN, "shut down what is not connected");
		close(descriptor);
	}
	printf("{\"1: 0\": %d, \"2: -107\": %d}", HALF_CLOSED, NOT_CONNECTED);
}
