/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soak CONNECTIONS CALLS SECONDS: works for SECONDS, evenly: opens CONNECTIONS TCP connections on loopback one after
 * the other, each with one send and one receive by either side, and makes CALLS sends and as many receives on a pair of
 * Unix sockets that stays. Prints "ready PORT", starts at a line on standard input, prints "done SENT RECEIVED" with all
 * calls that it made, and ends at the end of standard input.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int listener;
static long connections, calls;
static double seconds, started;
static long tcp_calls, pair_calls; /* sends; as many receives */

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Holds `done` of `all` to its share of the time. */
static void pace(long done, long all)
{
	double early = started + seconds * done / all - now();
	struct timespec pause = { .tv_sec = (time_t)early, .tv_nsec = (long)((early - (time_t)early) * 1e9) };
	if (early > 0.001)
		nanosleep(&pause, NULL);
}

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	exit(1);
}

/* Both sides of one connection: this side closes first, so that its port is in TIME_WAIT and the server's is not. */
static void one_connection(const struct sockaddr_in *server)
{
	char byte = 1;
	int client = socket(AF_INET, SOCK_STREAM, 0);
	expect(client >= 0, "socket");
	expect(!connect(client, (const struct sockaddr *)server, sizeof(*server)), "connect");
	int accepted = accept(listener, NULL, NULL);
	expect(accepted >= 0, "accept");
	expect(send(client, &byte, 1, 0) == 1 && recv(accepted, &byte, 1, 0) == 1, "request");
	expect(send(accepted, &byte, 1, 0) == 1 && recv(client, &byte, 1, 0) == 1, "answer");
	/* Without TIME_WAIT: a hundred thousand ports are not to be had. */
	struct linger reset = { .l_onoff = 1 };
	expect(!setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), "setsockopt");
	close(client);
	close(accepted);
	tcp_calls += 2;
}

static void *connect_all(void *server)
{
	for (long done = 0; done < connections; done++) {
		one_connection(server);
		pace(done + 1, connections);
	}
	return NULL;
}

static void *call_all(void *pair)
{
	int *sockets = pair;
	char message[8] = { 1 };
	for (; pair_calls < calls; pair_calls++) {
		expect(send(sockets[0], message, sizeof(message), 0) == sizeof(message), "send");
		expect(recv(sockets[1], message, sizeof(message), 0) == sizeof(message), "recv");
		if (pair_calls % 256 == 255)
			pace(pair_calls + 1, calls);
	}
	return NULL;
}

int main(int count, char **arguments)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(server);
	pthread_t connecting, calling;
	int pair[2];
	if (count != 4)
		return 64;
	connections = atol(arguments[1]);
	calls = atol(arguments[2]);
	seconds = atof(arguments[3]);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	expect(!bind(listener, (struct sockaddr *)&server, length) && !listen(listener, 16), "listen");
	expect(!getsockname(listener, (struct sockaddr *)&server, &length), "getsockname");
	expect(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	printf("ready %d\n", ntohs(server.sin_port));
	fflush(stdout);
	if (getchar() == EOF)
		return 0;
	started = now();
	expect(!pthread_create(&connecting, NULL, connect_all, &server), "pthread_create");
	expect(!pthread_create(&calling, NULL, call_all, pair), "pthread_create");
	pthread_join(connecting, NULL);
	pthread_join(calling, NULL);
	printf("done %ld %ld\n", tcp_calls + pair_calls, tcp_calls + pair_calls);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
