// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "trouble.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often, and the length, by which each is known. */
enum { TCP_IN = 7, TCP_OUT = 5, FILE_OUT = 3, UNIX_IN = 11, UNIX_OUT = 2, UDP_IN = 3 };
enum {
	TCP_IN_BYTES = 163,
	TCP_OUT_BYTES = 167,
	FILE_BYTES = 173,
	UNIX_IN_BYTES = 179,
	UNIX_OUT_BYTES = 181,
	UDP_BYTES = 191
};

static char data[256];

/* Sent to a socket, and moved from it into a pipe. */
static void splice_in(int from, int socket, const int *pipe, int times, int bytes)
{
	for (int i = 0; i < times; i++) {
		check(send(from, data, bytes, 0) == bytes, "send");
		check(splice(socket, NULL, pipe[1], NULL, bytes, 0) == bytes, "splice from a socket");
		check(read(pipe[0], data, sizeof(data)) == bytes, "read what was spliced");
	}
}

static void splice_out(int socket, int to, const int *pipe, int times, int bytes)
{
	for (int i = 0; i < times; i++) {
		check(write(pipe[1], data, bytes) == bytes, "write");
		check(splice(pipe[0], NULL, socket, NULL, bytes, 0) == bytes, "splice to a socket");
		check(recv(to, data, bytes, MSG_WAITALL) == bytes, "receive what was spliced");
	}
}

static void send_file(int socket, int to, int times)
{
	char path[] = "/tmp/socket-trouble.XXXXXX";
	int file = mkstemp(path);

	check(file >= 0 && unlink(path) == 0 && write(file, data, FILE_BYTES) == FILE_BYTES, "make a file");
	for (int i = 0; i < times; i++) {
		off_t offset = 0;
		check(sendfile(socket, file, &offset, FILE_BYTES) == FILE_BYTES, "send a file");
		check(recv(to, data, FILE_BYTES, MSG_WAITALL) == FILE_BYTES, "receive a file");
	}
	close(file);
}

void splice_sockets(void)
{
	int client, server, local[2], one, other, pipes[2];

	check(pipe(pipes) == 0, "pipe");
	new_pair(&client, &server);
	splice_in(client, server, pipes, TCP_IN, TCP_IN_BYTES);
	splice_out(client, server, pipes, TCP_OUT, TCP_OUT_BYTES);
	send_file(client, server, FILE_OUT);
	close(client);
	close(server);

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, local) == 0, "socketpair");
	splice_in(local[0], local[1], pipes, UNIX_IN, UNIX_IN_BYTES);
	splice_out(local[0], local[1], pipes, UNIX_OUT, UNIX_OUT_BYTES);
	close(local[0]);
	close(local[1]);

	new_datagram_pair(&one, &other);
	splice_in(one, other, pipes, UDP_IN, UDP_BYTES);
	close(one);
	close(other);
	close(pipes[0]);
	close(pipes[1]);
	printf("{\"received %d\": %d, \"sent %d\": %d, \"sent %d\": %d, \"received %d\": %d, \"sent %d\": %d, \"received %d\": %d}",
	       TCP_IN_BYTES, TCP_IN, TCP_OUT_BYTES, TCP_OUT, FILE_BYTES, FILE_OUT, UNIX_IN_BYTES, UNIX_IN,
	       UNIX_OUT_BYTES, UNIX_OUT, UDP_BYTES, UDP_IN);
}
