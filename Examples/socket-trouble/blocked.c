// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "trouble.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BLOCKED = 7 };

static int listener;
static int threads[BLOCKED];
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_returned;

static void accept_one(void)
{
	int accepted = accept(listener, NULL, NULL);

	check(accepted >= 0, "accept");
	close(accepted);
}

/* Once with all the others, once alone: then a recorder sees again who was there before. */
static void *accept_twice(void *thread)
{
	__atomic_store_n((int *)thread, gettid(), __ATOMIC_SEQ_CST);
	accept_one();
	pthread_barrier_wait(&all_returned);
	pthread_mutex_lock(&alone);
	accept_one();
	pthread_mutex_unlock(&alone);
	return NULL;
}

/* In accept(2), system call 43, not on its way there: it sleeps. */
static int is_blocked(int thread)
{
	char path[64], line[256] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", thread);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	char *read = fgets(line, sizeof(line), file);
	fclose(file);
	return read && strncmp(line, "43 ", 3) == 0;
}

void block_callers(void)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	pthread_t started[BLOCKED];

	check(pthread_barrier_init(&all_returned, NULL, BLOCKED) == 0, "make a barrier");
	listener = new_listener(2 * BLOCKED);
	check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
	for (int i = 0; i < BLOCKED; i++)
		check(pthread_create(&started[i], NULL, accept_twice, &threads[i]) == 0, "start a thread");
	for (int i = 0; i < BLOCKED; i++)
		while (!is_blocked(__atomic_load_n(&threads[i], __ATOMIC_SEQ_CST)))
			usleep(1000);
	for (int i = 0; i < 2 * BLOCKED; i++) {
		int client = socket(AF_INET, SOCK_STREAM, 0);
		check(connect(client, (struct sockaddr *)&address, length) == 0, "connect");
		close(client);
	}
	for (int i = 0; i < BLOCKED; i++)
		pthread_join(started[i], NULL);
	close(listener);
	printf("{\"accepts\": %d}\n", 2 * BLOCKED);
}
