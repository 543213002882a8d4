// SPDX-License-Identifier: Apache-2.0
#include "trouble.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTED = 3, LATE = 5, PROMPT = 3, LATE_BYTES = 149, PROMPT_BYTES = 151, LATE_US = 200000 };

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

void start_processes(void)
{
	fflush(stdout); /* or each of them has a copy of what is in the buffer */
	for (int i = 0; i < STARTED; i++) {
		pid_t process = fork();
		if (process == 0)
			_exit(0);
		check(process > 0 && waitpid(process, NULL, 0) == process, "start a process");
	}
	printf("%d", STARTED);
}
