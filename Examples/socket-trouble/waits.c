// SPDX-License-Identifier: Apache-2.0
#include "trouble.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LATE = 5, PROMPT = 3, LATE_BYTES = 149, PROMPT_BYTES = 151, LATE_US = 200000 };

void let_data_wait(void)
{
	char data[256] = { 0 };
	int client, server;

	new_pair(&client, &server);
	for (int i = 0; i < LATE; i++) {
		check(send(client, data, LATE_BYTES, 0) == LATE_BYTES, "send");
		usleep(LATE_US);
		check(recv(server, data, sizeof(data), 0) == LATE_BYTES, "receive late");
	}
	for (int i = 0; i < PROMPT; i++) {
		check(send(client, data, PROMPT_BYTES, 0) == PROMPT_BYTES, "send");
		check(recv(server, data, sizeof(data), 0) == PROMPT_BYTES, "receive at once");
	}
	close(client);
	close(server);
	printf("{\"late\": %d, \"prompt\": %d}", LATE, PROMPT);
}
