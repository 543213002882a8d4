// SPDX-License-Identifier: Apache-2.0
/*
 * What goes wrong with sockets, with known counts, on the loopback device alone: datagrams dropped for want of room,
 * segments sent again to a peer that has vanished, connects that nobody answers, resets both ways. The counts are primes.
 *
 *   socket-trouble [blocked]       prints "ready PID" and starts at SIGUSR1
 *     blocked: only has threads wait in accept(2), all at once
 *
 * Prints, as JSON, what the kernel's own counters say: /proc/net/udp and TCP_INFO, and what was done. Exits with 1 if
 * that is not what was meant.
 */
#define _GNU_SOURCE
#include "trouble.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DATAGRAMS = 101, REFUSED = 5, ABORTED = 7, UNREAD = 11, LATE = 13, UNANSWERED = 3, RETRANSMITS = 3 };
enum { STATE_CLOSE = 7, STATE_CLOSE_WAIT = 8 }; /* include/net/tcp_states.h */

void check(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "socket-trouble: %s: %s\n", what, strerror(errno));
		exit(1);
	}
}

/* A socket bound to a free port of 127.0.0.1. */
static int bound_socket(int type, struct sockaddr_in *address)
{
	int descriptor = socket(AF_INET, type, 0);
	socklen_t length = sizeof(*address);

	*address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	check(bind(descriptor, (struct sockaddr *)address, length) == 0, "bind");
	check(getsockname(descriptor, (struct sockaddr *)address, &length) == 0, "getsockname");
	return descriptor;
}

static int connect_to(int descriptor, const struct sockaddr_in *address)
{
	return connect(descriptor, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;
}

static unsigned long inode_of(int descriptor)
{
	struct stat status;

	check(fstat(descriptor, &status) == 0, "fstat");
	return status.st_ino;
}

int new_listener(int backlog)
{
	struct sockaddr_in address;
	int listener = bound_socket(SOCK_STREAM, &address);

	check(listen(listener, backlog) == 0, "listen");
	return listener;
}

void new_datagram_pair(int *one, int *other)
{
	struct sockaddr_in here, there;

	*one = bound_socket(SOCK_DGRAM, &here);
	*other = bound_socket(SOCK_DGRAM, &there);
	check(connect_to(*one, &there) == 0 && connect_to(*other, &here) == 0, "connect");
}

/* A connection of this process to itself. */
void new_pair(int *client, int *server)
{
	struct sockaddr_in address;
	int listener = bound_socket(SOCK_STREAM, &address);

	check(listen(listener, 1) == 0, "listen");
	*client = socket(AF_INET, SOCK_STREAM, 0);
	check(connect_to(*client, &address) == 0, "connect");
	*server = accept(listener, NULL, NULL);
	check(*server >= 0, "accept");
	close(listener);
}

/* From now on the kernel drops each segment that arrives for this socket: its peer sees one that has vanished. */
static void drop_incoming(int descriptor)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &nothing };

	check(setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0, "attach a filter");
}

static void overflow(void)
{
	struct sockaddr_in address;
	int receiver = bound_socket(SOCK_DGRAM, &address), sender = socket(AF_INET, SOCK_DGRAM, 0), size = 4096;
	char data[113] = { 0 };
	unsigned received = 0;

	check(setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0, "set SO_RCVBUF");
	check(connect_to(sender, &address) == 0, "connect");
	for (int i = 0; i < DATAGRAMS; i++)
		check(send(sender, data, sizeof(data), 0) == sizeof(data), "send a datagram");
	unsigned drops;
	while ((drops = udp_drops(inode_of(receiver))) + received < DATAGRAMS) /* the last may still be under way */
		recv(receiver, data, sizeof(data), MSG_DONTWAIT) == sizeof(data) ? (void)received++
										 : (void)usleep(1000);
	check(received > 0 && drops > 0 && received + drops == DATAGRAMS, "receive or drop each datagram");
	printf("\"datagram_drops\": %u", drops);
	close(sender);
	close(receiver);
}

static struct tcp_info info_of(int descriptor)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	check(getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) == 0, "read TCP_INFO");
	return info;
}

/* What the other side did has arrived. A busy processor may take its time for that. */
static void await_state(int descriptor, int state)
{
	while (info_of(descriptor).tcpi_state != state)
		usleep(1000);
}

/*
 * By direction and TCP state. The two more that are sent are those of vanished_peer. Data that comes after a close ends
 * the connection before it is answered with RST: CLOSE (7) already.
 */
static void resets(void)
{
	struct sockaddr_in address;
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int unused = bound_socket(SOCK_STREAM, &address), client, server;
	char data[6];
	int seconds = 90; /* over TCP_TIMEWAIT_LEN: FIN_WAIT2 keeps the whole socket */

	for (int i = 0; i < REFUSED; i++) {
		client = socket(AF_INET, SOCK_STREAM, 0);
		check(connect_to(client, &address) == ECONNREFUSED, "be refused");
		close(client);
	}
	close(unused);
	for (int i = 0; i < ABORTED; i++) {
		new_pair(&client, &server);
		check(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0, "set SO_LINGER");
		close(client);
		await_state(server, STATE_CLOSE);
		close(server);
	}
	for (int i = 0; i < UNREAD; i++) {
		new_pair(&client, &server);
		check(send(client, "unread", 6, 0) == 6, "send");
		check(recv(server, data, 6, MSG_PEEK | MSG_WAITALL) == 6, "see what stays unread");
		close(server);
		await_state(client, STATE_CLOSE);
		close(client);
	}
	for (int i = 0; i < LATE; i++) {
		new_pair(&client, &server);
		check(setsockopt(server, IPPROTO_TCP, TCP_LINGER2, &seconds, sizeof(seconds)) == 0, "set TCP_LINGER2");
		close(server);
		await_state(client, STATE_CLOSE_WAIT);
		check(send(client, "late", 4, 0) == 4, "send");
		await_state(client, STATE_CLOSE);
		close(client);
	}
	printf(",\n \"resets\": {\"sent 7\": %d, \"received 2\": %d, \"received 1\": %d, \"received 8\": %d, \"answered 7\": %d}",
	       ABORTED + UNREAD + 2, REFUSED, ABORTED + UNREAD, LATE, LATE);
}

/* Waits until the kernel has sent so many segments again. */
static unsigned retransmits_of(int descriptor, unsigned at_least)
{
	while (info_of(descriptor).tcpi_total_retrans < at_least)
		usleep(10000);
	return info_of(descriptor).tcpi_total_retrans;
}

/* Closing with SO_LINGER 0 ends the retransmits, so the last count is the final one. */
static unsigned abandon(int descriptor)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	unsigned count;

	check(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0, "set SO_LINGER");
	count = retransmits_of(descriptor, 0);
	close(descriptor);
	return count;
}

static void vanished_peer(void)
{
	int client, server;

	new_pair(&client, &server);
	drop_incoming(server);
	check(send(client, "nobody", 6, 0) == 6, "send");
	retransmits_of(client, RETRANSMITS);
	printf(",\n \"retransmits\": {\"1\": %u", abandon(client));
	abandon(server); /* a FIN would be sent again and again: the answer to it is dropped, too */
}

static void nobody_answers(void)
{
	struct sockaddr_in address;
	int listener = bound_socket(SOCK_STREAM, &address), clients[UNANSWERED];
	unsigned total = 0;

	check(listen(listener, 0) == 0, "listen");
	drop_incoming(listener);
	for (int i = 0; i < UNANSWERED; i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		check(connect_to(clients[i], &address) == EINPROGRESS, "connect without an answer");
	}
	for (int i = 0; i < UNANSWERED; i++)
		retransmits_of(clients[i], 1);
	for (int i = 0; i < UNANSWERED; i++)
		total += abandon(clients[i]);
	printf(", \"2\": %u}", total);
	close(listener);
}

int main(int count, char **arguments)
{
	sigset_t start;
	int number;

	sigemptyset(&start);
	sigaddset(&start, SIGUSR1);
	sigprocmask(SIG_BLOCK, &start, NULL);
	printf("ready %d\n", getpid());
	fflush(stdout);
	sigwait(&start, &number);
	if (count > 1 && strcmp(arguments[1], "blocked") == 0) {
		block_callers();
		return 0;
	}
	long before = sent_again();
	printf("{");
	overflow();
	resets();
	vanished_peer();
	nobody_answers();
	printf(",\n \"options\": {\"1 8 = 4096: 0\": 1, \"1 13 = 0: 0\": %d, ", ABORTED + 2 + UNANSWERED);
	set_options();
	printf("},\n \"sockets_refused\": ");
	run_out_of_descriptors();
	printf(",\n \"receives\": ");
	let_data_wait();
	printf(",\n \"names\": ");
	ask_names();
	printf(",\n \"spliced\": ");
	splice_sockets();
	printf(",\n \"cut\": ");
	cut_datagrams();
	printf(",\n \"bound\": ");
	bind_twice();
	printf(",\n \"shut down\": ");
	shut_down();
	printf(",\n \"started\": ");
	start_processes();
	printf(",\n \"passed\": ");
	pass_descriptors();
	/* The client that is not connected asks one; its server answers it, and another before and after. */
	printf(",\n \"peers\": {\"received from\": 3, \"sent to\": 4}");
	/* One listener for each pair, one that does not answer, and one for names. Seven pairs are made elsewhere. */
	printf(",\n \"listens\": %d", ABORTED + UNREAD + LATE + 1 + 1 + 1 + 1 + 7);
	/* Where a processor is too busy for an acknowledgement, also of sockets that nobody wanted to. */
	printf(",\n \"sent_again\": %ld}\n", sent_again() - before);
	return 0;
}
