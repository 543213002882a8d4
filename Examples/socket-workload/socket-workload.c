// SPDX-License-Identifier: Apache-2.0
/*
 * A workload with known counts, to hold a recorder to: TCP and UDP over IPv4 and IPv6, Unix streams, refused connects,
 * accepts, closes by either side, duplicated and reused descriptors. The counts are primes, so that no sum of others is
 * mistaken for one of them.
 *
 *   socket-workload [-b SOCKETS] [-g] [-t THREADS]
 *     -b  how many TCP connections to open before the start (for the census); 3 unless told
 *     -g  start at once; else prints "ready PID" and starts at SIGUSR1
 *     -t  instead of all of this: so many threads at once, each call of which is told in its order (threads.h)
 *
 * The other end of every connection is a peer process, forked at the start, which no recorder of this PID must see.
 * Prints, as JSON, what was really done after the start. Exits with 1 if that is not what was meant.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "account.h"
#include "peer.h"
#include "threads.h"

enum { BUFFER = 512, DESCRIPTORS = 1024 };
static struct account done;
static struct peer peer;
static enum kind kind_of[DESCRIPTORS];
static int references[DESCRIPTORS]; /* index: the descriptor that the socket was opened with */
static int original[DESCRIPTORS];

/* ---- every call on a socket after the start goes through these, which count ---- */

static int track(int descriptor, enum kind kind)
{
	check(descriptor >= 0 && descriptor < DESCRIPTORS, "open a socket");
	kind_of[descriptor] = kind;
	original[descriptor] = descriptor;
	references[descriptor] = 1;
	return descriptor;
}

static int open_socket(enum kind kind, int flags)
{
	done.opened[kind]++;
	return track(new_socket(kind, flags), kind);
}

static int connect_to(int descriptor, const struct endpoint *to)
{
	enum kind kind = kind_of[descriptor];
	int error = connect(descriptor, (const struct sockaddr *)&to->address, to->length) ? errno : 0;

	done.connected[kind] += error == 0;
	done.refused[kind] += error == ECONNREFUSED;
	done.in_progress[kind] += error == EINPROGRESS;
	return error;
}

static void count(struct io *io, ssize_t result)
{
	io->calls++;
	if (result > 0)
		io->bytes += result;
	else if (result == 0)
		io->end_of_file++;
	else if (errno == EAGAIN)
		io->would_block++;
	else
		check(0, "send or receive");
}

/* Three ways into the same kernel function, in turn. */
static ssize_t transfer(int descriptor, int is_send, char *data, size_t length)
{
	static unsigned turn;
	struct iovec vector[2] = { { data, length / 2 }, { data + length / 2, length - length / 2 } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = 2 };
	ssize_t result;

	switch (turn++ % 3) {
	case 0: result = is_send ? write(descriptor, data, length) : read(descriptor, data, length); break;
	case 1: result = is_send ? send(descriptor, data, length, 0) : recv(descriptor, data, length, 0); break;
	default: result = is_send ? sendmsg(descriptor, &message, 0) : recvmsg(descriptor, &message, 0);
	}
	count(is_send ? &done.sent[kind_of[descriptor]] : &done.received[kind_of[descriptor]], result);
	return result;
}

/* The reply is sent in one piece, so one receive takes all of it. */
static void exchange(int descriptor, int then, int request, int reply)
{
	char data[BUFFER] = { then, reply };

	check(transfer(descriptor, 1, data, request) == request, "send a request");
	check(!reply || transfer(descriptor, 0, data, reply) == reply, "receive a reply");
}

static void expect_end_of_file(int descriptor)
{
	char data[BUFFER];

	check(transfer(descriptor, 0, data, sizeof(data)) == 0, "see the peer's close");
	done.peer_closed_first++;
}

static void expect_would_block(int descriptor)
{
	char data[BUFFER];
	ssize_t result = recv(descriptor, data, sizeof(data), MSG_DONTWAIT);

	check(result < 0, "find nothing to receive");
	count(&done.received[kind_of[descriptor]], result);
}

static void close_descriptor(int descriptor)
{
	check(close(descriptor) == 0, "close");
	done.descriptors_closed++;
	if (--references[original[descriptor]] == 0)
		done.closed[kind_of[descriptor]]++;
}

static int duplicate(int descriptor, int copy)
{
	check(copy >= 0 && copy < DESCRIPTORS, "duplicate");
	done.duplicated++;
	kind_of[copy] = kind_of[descriptor];
	original[copy] = original[descriptor];
	references[original[copy]]++;
	return copy;
}

/* ---- the steps ---- */

static void work_connections(enum kind kind, int connections, int closed_by_peer, int request, int reply)
{
	for (int i = 0; i < connections; i++) {
		int descriptor = open_socket(kind, 0);
		check(connect_to(descriptor, &peer.at[kind]) == 0, "connect");
		exchange(descriptor, i < closed_by_peer ? CLOSE : STAY, request, reply);
		if (i < closed_by_peer)
			expect_end_of_file(descriptor);
		close_descriptor(descriptor);
	}
}

static void work_nonblocking(int connections)
{
	for (int i = 0; i < connections; i++) {
		int error, descriptor = open_socket(TCP4, SOCK_NONBLOCK);
		struct pollfd writable = { .fd = descriptor, .events = POLLOUT };

		error = connect_to(descriptor, &peer.at[TCP4]);
		check(error == 0 || error == EINPROGRESS, "connect without waiting");
		check(poll(&writable, 1, 30000) == 1, "poll");
		expect_would_block(descriptor);
		close_descriptor(descriptor);
	}
}

static void work_refused(int connects)
{
	for (int i = 0; i < connects; i++) {
		int descriptor = open_socket(TCP4, 0);
		check(connect_to(descriptor, &peer.refusing) == ECONNREFUSED, "be refused");
		close_descriptor(descriptor);
	}
}

static void work_datagrams(enum kind kind, int is_connected, int sends, int replies, int request, int reply)
{
	int descriptor = open_socket(kind, 0);

	if (is_connected)
		check(connect_to(descriptor, &peer.at[kind]) == 0, "connect");
	for (int i = 0; i < sends; i++) {
		char data[BUFFER] = { STAY, i < replies ? reply : 0 };
		if (is_connected) {
			exchange(descriptor, STAY, request, i < replies ? reply : 0);
			continue;
		}
		count(&done.sent[kind], sendto(descriptor, data, request, 0, (struct sockaddr *)&peer.at[kind].address,
					       peer.at[kind].length));
		if (i < replies)
			count(&done.received[kind], recvfrom(descriptor, data, sizeof(data), 0, NULL, NULL));
	}
	expect_would_block(descriptor);
	close_descriptor(descriptor);
}

static void work_accepts(int connections, int closed_by_peer, int would_block)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = open_socket(TCP4, 0);
	char data[BUFFER] = { 0 };

	check(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 64), "listen");
	check(!getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
	check(!fcntl(listener, F_SETFL, O_NONBLOCK), "fcntl");
	for (int i = 0; i < would_block; i++) {
		check(accept(listener, NULL, NULL) < 0 && errno == EAGAIN, "find nobody to accept");
		done.accept_would_block++;
	}
	check(!fcntl(listener, F_SETFL, 0), "fcntl");
	struct order order = { address.sin_port, connections, closed_by_peer };
	check(write(peer.orders, &order, sizeof(order)) == sizeof(order), "order the peer to connect");
	for (int i = 0; i < connections; i++) {
		int descriptor = track(accept(listener, NULL, NULL), TCP4);
		done.accepted++;
		check(transfer(descriptor, 0, data, ORDER_REQUEST) == ORDER_REQUEST, "receive a request");
		check(transfer(descriptor, 1, data, ORDER_REPLY) == ORDER_REPLY, "send a reply");
		if (i < closed_by_peer)
			expect_end_of_file(descriptor);
		close_descriptor(descriptor);
	}
	close_descriptor(listener);
}

/* Three duplicates; the original goes first and its number is taken by another socket while the duplicates live on. */
static void work_duplicates(void)
{
	char data[BUFFER] = { 0 };
	int pair[2], first = open_socket(TCP4, 0);

	check(connect_to(first, &peer.at[TCP4]) == 0, "connect");
	int second = duplicate(first, dup(first));
	int third = duplicate(first, fcntl(first, F_DUPFD_CLOEXEC, 500));
	int fourth = duplicate(first, dup2(first, 600));
	close_descriptor(first);
	exchange(second, STAY, 127, 131);
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pair[0] == first, "reuse the number");
	done.opened[UNIX] += 2;
	exchange(third, STAY, 137, 139);
	close_descriptor(second);
	close_descriptor(third);
	exchange(fourth, STAY, 149, 151);
	close_descriptor(fourth);
	track(pair[0], UNIX); /* only now: until here the duplicates were counted under this number */
	track(pair[1], UNIX);
	check(transfer(pair[0], 1, data, 157) == 157 && transfer(pair[1], 0, data, 157) == 157, "use the pair");
	close_descriptor(pair[0]);
	close_descriptor(pair[1]);
}

int main(int count, char **arguments)
{
	int option, before = 3, at_once = 0, threads = 0, old[64];

	while ((option = getopt(count, arguments, "b:gt:")) != -1) {
		check(option != '?', "usage: socket-workload [-b SOCKETS] [-g] [-t THREADS]");
		if (option == 'b')
			before = atoi(optarg);
		else if (option == 't')
			threads = atoi(optarg);
		else
			at_once = 1;
	}
	check(before >= 0 && before <= 64, "-b wants 0 to 64");
	before = threads ? 0 : before;
	start_peer(&peer);
	for (int i = 0; i < before; i++) {
		old[i] = track(new_socket(TCP4, 0), TCP4);
		check(connect(old[i], (struct sockaddr *)&peer.at[TCP4].address, peer.at[TCP4].length) == 0, "connect");
	}
	done.before = before;
	if (!at_once)
		wait_for_start();
	if (threads) {
		run_threads(threads, &peer);
		return 0;
	}

	work_connections(TCP4, 23, 13, 101, 103);
	work_connections(TCP6, 19, 7, 107, 109);
	work_nonblocking(11);
	work_datagrams(UDP4, 0, 17, 13, 53, 59);
	work_datagrams(UDP6, 1, 11, 7, 61, 67);
	work_connections(UNIX, 29, 5, 71, 73);
	work_refused(5);
	work_accepts(31, 17, 2);
	work_duplicates();
	for (int i = 0; i < before; i++) {
		exchange(old[i], STAY, 79, 83);
		close_descriptor(old[i]);
	}
	print_account(&done);
	stop_peer(&peer);
	return 0;
}
