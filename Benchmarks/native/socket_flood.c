/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket_flood THREADS CALLS RATE: each thread makes CALLS sends and as many receives of 8 bytes on a Unix socket pair
 * of its own. RATE: calls per second of all threads together; 0: as fast as it goes. Starts at a line on standard
 * input, prints "CALLS_MADE NANOSECONDS", and ends at the end of standard input.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_THREADS = 16, BATCH = 256, MESSAGE_BYTES = 8 };

static long calls_of_thread;
static double seconds_per_batch;

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void sleep_until(double instant)
{
	double left = instant - now();
	struct timespec pause = { .tv_sec = (time_t)left, .tv_nsec = (long)((left - (time_t)left) * 1e9) };
	if (left > 0)
		nanosleep(&pause, NULL);
}

static void *flood(void *pair)
{
	int *sockets = pair;
	char message[MESSAGE_BYTES] = { 1 };
	double next = now();
	for (long done = 0; done < calls_of_thread; done++) {
		if (send(sockets[0], message, sizeof(message), 0) != sizeof(message) ||
		    recv(sockets[1], message, sizeof(message), 0) != sizeof(message)) {
			perror("flood");
			exit(1);
		}
		if (seconds_per_batch > 0 && done % BATCH == BATCH - 1)
			sleep_until(next += seconds_per_batch);
	}
	return NULL;
}

int main(int count, char **arguments)
{
	if (count != 4)
		return 64;
	pthread_t threads[MAXIMUM_THREADS];
	int pairs[MAXIMUM_THREADS][2], width = atoi(arguments[1]);
	double rate = atof(arguments[3]);
	calls_of_thread = atol(arguments[2]);
	if (width < 1 || width > MAXIMUM_THREADS)
		return 64;
	if (rate > 0)
		seconds_per_batch = 2.0 * BATCH * width / rate;
	for (int i = 0; i < width; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]))
			return 1;
	if (getchar() == EOF)
		return 0;
	double started = now();
	for (int i = 0; i < width; i++)
		if (pthread_create(&threads[i], NULL, flood, pairs[i]))
			return 1;
	for (int i = 0; i < width; i++)
		pthread_join(threads[i], NULL);
	printf("%ld %.0f\n", 2 * width * calls_of_thread, (now() - started) * 1e9);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
