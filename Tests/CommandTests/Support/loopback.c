// SPDX-License-Identifier: Apache-2.0
/*
 * Sends a byte to itself over TCP and receives it, for ever, with a pause (argument 1, in microseconds; 0: none) between
 * two rounds. A second thread does nothing. Says "ready" once the sockets are there. With a count (argument 2) it does so
 * many rounds, from SIGUSR1 on, and ends. With an argument 3 it sends until nothing more fits, and never receives.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *idle(void *argument)
{
	for (;;)
		pause();
	return argument;
}

int main(int count, char **arguments)
{
	useconds_t between = count > 1 ? (useconds_t)atoi(arguments[1]) : 0;
	long rounds = count > 2 ? atol(arguments[2]) : 0;
	sigset_t start;
	int number;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;
	char byte = 0, block[4096] = { 0 };

	sigemptyset(&start);
	sigaddset(&start, SIGUSR1);
	if (rounds)
		pthread_sigmask(SIG_BLOCK, &start, NULL);
	if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &length) ||
	    connect(client, (struct sockaddr *)&address, length) || pthread_create(&thread, NULL, idle, NULL))
		return 1;
	int server = accept(listener, NULL, NULL);
	puts("ready");
	fflush(stdout);
	while (count > 3)
		if (send(client, block, sizeof(block), MSG_DONTWAIT) < 0)
			pause();
	if (rounds)
		sigwait(&start, &number);
	for (long round = 0; !rounds || round < rounds; round++) {
		if (send(client, &byte, 1, 0) != 1 || recv(server, &byte, 1, 0) != 1)
			return 1;
		if (between)
			usleep(between);
	}
	return 0;
}
