// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "trouble.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SENT = 7, SENT_TO = 5, BATCHES = 3, BATCH = 2, OVER_TCP = 2, QUESTION = 29 };

/* A query for db.internal, type A. */
static void write_question(unsigned char *message, int id)
{
	static const char question[] = "\0\0\1\0\0\1\0\0\0\0\0\0\2db\10internal\0\0\1\0\1";

	memcpy(message, question, QUESTION);
	message[1] = id;
}

static struct sockaddr_in name_server(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(53),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 0x3535),
	};
}

/* Sends back what came, as the answer: the same question, with the bit that makes it one. */
static void answer(int server)
{
	unsigned char message[512];
	struct sockaddr_in peer;
	socklen_t length = sizeof(peer);

	check(recvfrom(server, message, sizeof(message), 0, (struct sockaddr *)&peer, &length) == QUESTION,
	      "receive a query");
	message[2] |= 0x80;
	check(sendto(server, message, QUESTION, 0, (struct sockaddr *)&peer, length) == QUESTION, "answer");
}

static void ask_many(int client, int server)
{
	unsigned char messages[BATCH][QUESTION], answered[512];
	struct iovec vectors[BATCH];
	struct mmsghdr headers[BATCH];

	memset(headers, 0, sizeof(headers));
	for (int i = 0; i < BATCH; i++) {
		write_question(messages[i], 100 + i);
		vectors[i] = (struct iovec){ messages[i], QUESTION };
		headers[i].msg_hdr.msg_iov = &vectors[i];
		headers[i].msg_hdr.msg_iovlen = 1;
	}
	check(sendmmsg(client, headers, BATCH, 0) == BATCH, "send a batch");
	for (int i = 0; i < BATCH; i++) {
		answer(server);
		check(recv(client, answered, sizeof(answered), 0) == QUESTION, "receive an answer");
	}
}

static void ask_over_tcp(void)
{
	struct sockaddr_in address = name_server();
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	unsigned char message[QUESTION + 2];

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listener, 1) == 0,
	      "listen on port 53");
	check(connect(client, (struct sockaddr *)&address, sizeof(address)) == 0, "connect to port 53");
	int server = accept(listener, NULL, NULL);
	for (int i = 0; i < OVER_TCP; i++) {
		unsigned char length[2] = { 0, QUESTION };
		write_question(message, i);
		struct iovec vectors[2] = { { length, 2 }, { message, QUESTION } };
		check(writev(client, vectors, 2) == QUESTION + 2, "ask over TCP");
		check(recv(server, message, QUESTION + 2, MSG_WAITALL) == QUESTION + 2, "receive a query over TCP");
		message[4] |= 0x80;
		check(send(server, message, QUESTION + 2, 0) == QUESTION + 2, "answer over TCP");
		check(recv(client, length, 2, MSG_WAITALL) == 2, "receive the length");
		check(recv(client, message, QUESTION, MSG_WAITALL) == QUESTION, "receive an answer over TCP");
	}
	close(client);
	close(server);
	close(listener);
}

void ask_names(void)
{
	struct sockaddr_in address = name_server();
	int server = socket(AF_INET, SOCK_DGRAM, 0), connected = socket(AF_INET, SOCK_DGRAM, 0),
	    unconnected = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned char message[512];

	check(bind(server, (struct sockaddr *)&address, sizeof(address)) == 0, "bind to port 53");
	check(connect(connected, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	for (int i = 0; i < SENT; i++) {
		write_question(message, i);
		check(send(connected, message, QUESTION, 0) == QUESTION, "ask");
		answer(server);
		check(recv(connected, message, sizeof(message), 0) == QUESTION, "receive an answer");
	}
	for (int i = 0; i < SENT_TO; i++) {
		write_question(message, i);
		check(sendto(unconnected, message, QUESTION, 0, (struct sockaddr *)&address, sizeof(address)) ==
			      QUESTION,
		      "ask");
		answer(server);
		check(recvfrom(unconnected, message, sizeof(message), 0, NULL, NULL) == QUESTION, "receive an answer");
	}
	for (int i = 0; i < BATCHES; i++)
		ask_many(connected, server);
	close(connected);
	close(unconnected);
	close(server);
	ask_over_tcp();
	printf("{\"17\": %d, \"6\": %d}", SENT + SENT_TO + BATCHES * BATCH, OVER_TCP);
}
