/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target of the socket measurements: sends back what it receives, on loopback, in one thread. Prints its port.
 * One recv and one send for each request. Ends with its standard input.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, BYTES = 4096 };

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void watch(int epoll, int descriptor)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = descriptor };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event))
		fail("epoll_ctl");
}

static int listen_on_loopback(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (void *)&name, length) || listen(listener, 64))
		fail("listen");
	getsockname(listener, (void *)&name, &length);
	printf("%d\n", ntohs(name.sin_port));
	fflush(stdout);
	return listener;
}

int main(void)
{
	static char buffer[BYTES];
	struct epoll_event events[EVENTS];
	int listener = listen_on_loopback(), epoll = epoll_create1(0), one = 1;
	watch(epoll, listener);
	watch(epoll, STDIN_FILENO);
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			int descriptor = events[i].data.fd;
			if (descriptor == STDIN_FILENO)
				return 0;
			if (descriptor == listener) {
				int accepted = accept(listener, NULL, NULL);
				if (accepted < 0)
					fail("accept");
				setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
				watch(epoll, accepted);
				continue;
			}
			ssize_t received = recv(descriptor, buffer, sizeof(buffer), 0);
			if (received <= 0)
				close(descriptor);
			else if (send(descriptor, buffer, received, 0) != received)
				fail("send");
		}
	}
}
