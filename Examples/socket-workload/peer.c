// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 512, POLLED = 128 };

void check(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "socket-workload: %s: %s\n", what, strerror(errno));
		exit(1);
	}
}

int new_socket(enum kind kind, int flags)
{
	static const int families[KINDS] = { AF_INET, AF_INET6, AF_INET, AF_INET6, AF_UNIX };
	int type = kind == UDP4 || kind == UDP6 ? SOCK_DGRAM : SOCK_STREAM;

	return socket(families[kind], type | flags, 0);
}

static void loopback(enum kind kind, struct endpoint *endpoint)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&endpoint->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&endpoint->address;
	struct sockaddr_un *local = (struct sockaddr_un *)&endpoint->address;

	memset(endpoint, 0, sizeof(*endpoint));
	if (kind == UNIX) {
		local->sun_family = AF_UNIX;
		snprintf(local->sun_path, sizeof(local->sun_path), "/tmp/socket-workload.%d", getpid());
		endpoint->length = sizeof(*local);
	} else if (kind == TCP6 || kind == UDP6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_addr = in6addr_loopback;
		endpoint->length = sizeof(*v6);
	} else {
		v4->sin_family = AF_INET;
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		endpoint->length = sizeof(*v4);
	}
}

static int bound_socket(enum kind kind, struct endpoint *endpoint)
{
	int descriptor = new_socket(kind, 0);

	loopback(kind, endpoint);
	check(bind(descriptor, (struct sockaddr *)&endpoint->address, endpoint->length) == 0, "bind");
	if (kind != UNIX)
		check(getsockname(descriptor, (struct sockaddr *)&endpoint->address, &endpoint->length) == 0,
		      "getsockname");
	return descriptor;
}

/* Answers one message. False: the connection is done with. */
static int answer(int descriptor)
{
	struct endpoint from = { .length = sizeof(from.address) };
	char data[BUFFER];
	ssize_t length = recvfrom(descriptor, data, sizeof(data), 0, (struct sockaddr *)&from.address, &from.length);

	if (length <= 0)
		return 0;
	/* A stream has no sender's address; sendto must not be given an empty one. */
	size_t reply = (unsigned char)data[1];
	struct sockaddr *to = from.length ? (struct sockaddr *)&from.address : NULL;
	if (reply)
		check(sendto(descriptor, data, reply, 0, to, to ? from.length : 0) == (ssize_t)reply, "reply");
	return data[0] != CLOSE;
}

static void carry_out(const struct order *order)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = order->port_network_order };
	char data[BUFFER] = { 0 };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < order->connections; i++) {
		int descriptor = new_socket(TCP4, 0);
		check(connect(descriptor, (struct sockaddr *)&to, sizeof(to)) == 0, "peer's connect");
		check(send(descriptor, data, ORDER_REQUEST, 0) == ORDER_REQUEST, "peer's send");
		check(recv(descriptor, data, ORDER_REPLY, MSG_WAITALL) == ORDER_REPLY, "peer's receive");
		if (i >= order->close_first)
			check(recv(descriptor, data, sizeof(data), 0) == 0, "peer's end of file");
		close(descriptor);
	}
}

static void serve(const int *bound, int orders)
{
	struct pollfd polled[POLLED];
	int used = 0;

	for (int kind = 0; kind < KINDS; kind++)
		polled[used++] = (struct pollfd){ .fd = bound[kind], .events = POLLIN };
	polled[used++] = (struct pollfd){ .fd = orders, .events = POLLIN };
	while (poll(polled, used, -1) > 0) {
		for (int i = used - 1; i >= 0; i--) {
			enum kind kind = i;
			if (!polled[i].revents)
				continue;
			if (i == KINDS) {
				struct order order;
				if (read(orders, &order, sizeof(order)) != sizeof(order))
					return;
				carry_out(&order);
			} else if (kind == UDP4 || kind == UDP6) {
				answer(polled[i].fd);
			} else if (i < KINDS) {
				check(used < POLLED, "fewer connections at once");
				polled[used++] =
					(struct pollfd){ .fd = accept(polled[i].fd, NULL, NULL), .events = POLLIN };
			} else if (!answer(polled[i].fd)) {
				close(polled[i].fd);
				polled[i] = polled[--used];
			}
		}
	}
}

void start_peer(struct peer *peer)
{
	int bound[KINDS], orders[2], refusing = bound_socket(TCP4, &peer->refusing);
	pid_t parent = getpid();

	signal(SIGPIPE, SIG_IGN);
	check(pipe(orders) == 0, "pipe");
	for (int kind = 0; kind < KINDS; kind++) {
		bound[kind] = bound_socket(kind, &peer->at[kind]);
		if (kind != UDP4 && kind != UDP6)
			check(listen(bound[kind], 64) == 0, "listen");
	}
	peer->process = fork();
	check(peer->process >= 0, "fork");
	if (peer->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(orders[1]);
		if (getppid() == parent)
			serve(bound, orders[0]);
		unlink(((struct sockaddr_un *)&peer->at[UNIX].address)->sun_path);
		_exit(0);
	}
	peer->orders = orders[1];
	close(orders[0]);
	close(refusing);
	for (int kind = 0; kind < KINDS; kind++)
		close(bound[kind]);
}

/* Connections of a loopback address whose FIN nobody has acknowledged: FIN_WAIT1, LAST_ACK, CLOSING. */
static int farewells_under_way(const char *table, const char *loopback)
{
	FILE *rows = fopen(table, "r");
	char line[512], remote[64];
	unsigned state;
	int count = 0;

	check(rows != NULL, "open a table of TCP sockets");
	while (fgets(line, sizeof(line), rows))
		if (sscanf(line, "%*d: %*s %63s %x", remote, &state) == 2 &&
		    !strncmp(remote, loopback, strlen(loopback)))
			count += state == 4 || state == 9 || state == 11; /* include/net/tcp_states.h */
	fclose(rows);
	return count;
}

/*
 * Where a kernel thread delivers segments, it comes after whoever is real-time: the last states would be passed when this
 * process is gone. Others may have such connections for long, so it does not wait for ever.
 */
static void await_farewells(void)
{
	for (int i = 0; i < 200; i++) {
		if (!farewells_under_way("/proc/self/net/tcp", "0100007F:") &&
		    !farewells_under_way("/proc/self/net/tcp6", "00000000000000000000000001000000:"))
			return;
		usleep(10000);
	}
}

void stop_peer(struct peer *peer)
{
	close(peer->orders);
	waitpid(peer->process, NULL, 0);
	await_farewells();
}
