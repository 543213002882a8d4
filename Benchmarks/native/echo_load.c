/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo_load PORT CONNECTIONS REQUESTS: sends REQUESTS messages of 64 bytes in all, one on each connection before it
 * takes the answers, so that the server always has work. Prints the nanoseconds from the first to the last.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 64, MAXIMUM_CONNECTIONS = 64 };

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int connect_to(int port)
{
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int one = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
	if (connection < 0 || connect(connection, (void *)&name, sizeof(name)))
		fail("connect");
	setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return connection;
}

static long long now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int count, char **arguments)
{
	if (count != 4)
		return 64;
	char message[MESSAGE_BYTES] = { 1 };
	int connections[MAXIMUM_CONNECTIONS];
	int width = atoi(arguments[2]);
	long requests = atol(arguments[3]);
	if (width < 1 || width > MAXIMUM_CONNECTIONS)
		return 64;
	for (int i = 0; i < width; i++)
		connections[i] = connect_to(atoi(arguments[1]));
	long long started = now_ns();
	for (long done = 0; done < requests; done += width) {
		for (int i = 0; i < width; i++)
			if (send(connections[i], message, sizeof(message), 0) != sizeof(message))
				fail("send");
		for (int i = 0; i < width; i++)
			if (recv(connections[i], message, sizeof(message), MSG_WAITALL) != sizeof(message))
				fail("recv");
	}
	printf("%lld\n", now_ns() - started);
	return 0;
}
