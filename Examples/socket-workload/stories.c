// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "stories.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "calls.h"

enum { ESTABLISHED = 1, FIN_WAIT2 = 5, CLOSED = 7, CLOSE_WAIT = 8 }; /* include/net/tcp_states.h */

static void await_event(int descriptor, int events)
{
	struct pollfd polled = { .fd = descriptor, .events = events };

	check(poll(&polled, 1, 60000) == 1, "poll");
}

static int connected_to(int descriptor, const struct endpoint *to)
{
	return connected(descriptor, &to->address, to->length);
}

void start_listening(struct worker *worker)
{
	socklen_t length = sizeof(worker->address);

	worker->address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	worker->listener = opened(TCP4, 0);
	check(!bind(worker->listener, (struct sockaddr *)&worker->address, length) && !listen(worker->listener, 4),
	      "listen");
	check(!getsockname(worker->listener, (struct sockaddr *)&worker->address, &length), "getsockname");
	passes(worker->listener, "7>10>7");
}

void connected_to_itself(struct worker *worker, int *client, int *server)
{
	*client = opened(TCP4, 0);
	check(connected(*client, &worker->address, sizeof(worker->address)) == 0, "connect");
	*server = accepted(worker->listener);
}

/* The number goes from hand to hand among the threads. */
void open_and_close(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++)
		closed(opened((worker->n + i) % KINDS, 0), 0);
}

static void ask(struct worker *worker, int count, enum kind kind, int then, const char *states)
{
	for (int i = 0; i < count; i++) {
		int descriptor = opened(kind, 0), request = 101 + worker->n, reply = 61 + i;
		check(connected_to(descriptor, &worker->peer->at[kind]) == 0, "connect");
		check(asked(descriptor, i, request, then, reply) == request, "send a request");
		check(received(descriptor, i % 4, reply) == reply, "receive a reply");
		if (then == CLOSE)
			check(received(descriptor, i % 4, 1) == 0, "see the peer's close");
		if (states)
			passes(descriptor, states);
		closed(descriptor, 0);
	}
}

void ask_and_leave(struct worker *worker, int count) { ask(worker, count, TCP4, STAY, "7>2>1>4>5>7"); }
void ask_and_be_left(struct worker *worker, int count) { ask(worker, count, TCP6, CLOSE, "7>2>1>8>9>7"); }
void ask_over_unix(struct worker *worker, int count) { ask(worker, count, UNIX, worker->n % 2 ? CLOSE : STAY, NULL); }

void connect_without_waiting(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int descriptor = opened(TCP4, SOCK_NONBLOCK);
		int error = connected_to(descriptor, &worker->peer->at[TCP4]);
		check(error == 0 || error == EINPROGRESS, "connect without waiting");
		await_event(descriptor, POLLOUT);
		check(received(descriptor, i, 1) == -EAGAIN, "find nothing to receive");
		passes(descriptor, "7>2>1>4>5>7");
		closed(descriptor, 0);
	}
}

void half_close(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		connected_to_itself(worker, &client, &server);
		check(sent(client, i, 89) == 89 && received(server, i % 4, 89) == 89, "ask");
		check(shutdown(client, SHUT_WR) == 0, "shutdown");
		check(received(server, i % 4, 10) == 0, "see the end of what is asked");
		for (int j = 0; j < 3; j++)
			check(sent(server, j, 97 + j) == 97 + j && received(client, j, 97 + j) == 97 + j, "answer");
		check(sent(client, i, 10) == -EPIPE, "send no more");
		await_state(client, FIN_WAIT2);
		passes(server, "1>8>9>7");
		closed(server, 0);
		await_state(client, CLOSED);
		check(received(client, i % 4, 10) == 0, "see the end of the answers");
		passes(client, "7>2>1>4>5>7");
		closed(client, 0);
	}
}

/* The peer has closed, and this side does not look: there is nothing unread but the end. */
void leave_the_end_unread(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		connected_to_itself(worker, &client, &server);
		passes(server, "1>4>5>7");
		closed(server, 0);
		await_state(client, CLOSE_WAIT);
		passes(client, "7>2>1>8>9>7");
		closed(client, 0);
	}
}

static void close_with_reset(int descriptor)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	check(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0, "set SO_LINGER");
	closed(descriptor, 0);
}

void abort_connection(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		connected_to_itself(worker, &client, &server);
		check(sent(client, i, 53) == 53 && received(server, i % 4, 53) == 53, "ask");
		passes(client, "7>2>1>7");
		close_with_reset(client);
		check(received(server, i % 4, 10) == -ECONNRESET, "be reset");
		check(sent(server, i, 10) == -EPIPE, "send no more");
		passes(server, "1>7");
		closed(server, 0);
	}
}

void abort_unseen(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		connected_to_itself(worker, &client, &server);
		passes(client, "7>2>1>7");
		close_with_reset(client);
		await_state(server, CLOSED);
		passes(server, "1>7");
		closed(server, ECONNRESET);
	}
}

void leave_data_unread(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		connected_to_itself(worker, &client, &server);
		check(sent(client, i, 71) == 71, "send");
		await_event(server, POLLIN);
		passes(server, "1>7");
		closed(server, 0);
		check(received(client, i % 4, 10) == -ECONNRESET, "be reset");
		passes(client, "7>2>1>7");
		closed(client, 0);
	}
}

void be_refused(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int descriptor = opened(TCP4, 0);
		check(connected_to(descriptor, &worker->peer->refusing) == ECONNREFUSED, "be refused");
		passes(descriptor, "7>2>7");
		closed(descriptor, 0);
	}
}

/* Of a connect that does not wait the error is told by the next call, or by none. */
void be_refused_later(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int descriptor = opened(TCP4, SOCK_NONBLOCK), is_asked = i % 2;
		int error = connected_to(descriptor, &worker->peer->refusing);
		check(error == EINPROGRESS, "connect without waiting");
		await_state(descriptor, CLOSED);
		check(!is_asked || received(descriptor, i % 4, 10) == -ECONNREFUSED, "be refused");
		passes(descriptor, "7>2>7");
		closed(descriptor, is_asked ? 0 : ECONNREFUSED);
	}
}

void use_unconnected(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int descriptor = opened(worker->n % 2 ? TCP4 : TCP6, 0);
		check(received(descriptor, i % 4, 10) == -ENOTCONN, "receive from nobody");
		check(sent(descriptor, i, 10) == -EPIPE, "send to nobody");
		closed(descriptor, 0);
	}
}
