// SPDX-License-Identifier: Apache-2.0
#include "trouble.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PASSED = 5 };

static void pass(int over, int to, int descriptor)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	int received;

	*rights = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
				    .cmsg_level = SOL_SOCKET,
				    .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(rights), &descriptor, sizeof(int));
	check(sendmsg(over, &message, 0) == 1, "pass a descriptor");
	message.msg_controllen = sizeof(room);
	check(recvmsg(to, &message, 0) == 1 && CMSG_FIRSTHDR(&message), "receive a descriptor");
	memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	check(send(received, "passed", 6, 0) == 6, "use a descriptor that was passed");
	close(received);
}

void pass_descriptors(void)
{
	int pair[2], client, server;

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "open a pair");
	new_pair(&client, &server);
	for (int i = 0; i < PASSED; i++)
		pass(pair[0], pair[1], client);
	/* What is unread would make the close a reset. */
	char data[6];
	for (int i = 0; i < PASSED; i++)
		check(recv(server, data, 6, MSG_WAITALL) == 6, "receive what was sent");
	close(client);
	close(server);
	close(pair[0]);
	close(pair[1]);
	printf("%d", PASSED);
}
